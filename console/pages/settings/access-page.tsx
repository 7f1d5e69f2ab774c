import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const AccessPage = () => <PlaceholderPage title={words.titles.access} />;
