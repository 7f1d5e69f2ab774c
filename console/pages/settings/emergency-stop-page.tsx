import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { settingsWords as words } from '../../words/settings.ts';

export const EmergencyStopPage = () => <PlaceholderPage title={words.titles['emergency-stop']} />;
