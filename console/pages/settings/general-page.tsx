import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const GeneralPage = () => <PlaceholderPage title={words.titles.general} />;
