import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { profileWords as words } from '../../words/profile.ts';

export const AccountsPage = () => <PlaceholderPage title={words.titles.accounts} />;
