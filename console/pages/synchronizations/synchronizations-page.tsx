import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';

export const SynchronizationsPage = () => <PlaceholderPage title={words.title} />;
