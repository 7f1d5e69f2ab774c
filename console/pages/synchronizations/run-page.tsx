import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';

export const RunPage = () => <PlaceholderPage title={words.titles.run} />;
