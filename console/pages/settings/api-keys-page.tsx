import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const ApiKeysPage = () => <PlaceholderPage title={words.titles['api-keys']} />;
