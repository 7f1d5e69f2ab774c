import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { profileWords as words } from '../../words/profile.ts';

export const MyTokensPage = () => <PlaceholderPage title={words.titles['my-tokens']} />;
