import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const HistoryPage = () => <PlaceholderPage title={words.titles.history} />;
