import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const SynchronizationsPage = () => <PlaceholderPage title={words.titles.synchronizations} />;
