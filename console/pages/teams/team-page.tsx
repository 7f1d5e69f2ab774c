import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { teamsWords as words } from '../../words/teams.ts';

export const TeamPage = () => <PlaceholderPage title={words.titles.team} />;
