import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { profileWords as words } from '../../words/profile.ts';

export const SessionsPage = () => <PlaceholderPage title={words.titles.sessions} />;
