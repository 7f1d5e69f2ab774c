import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { overviewWords as words } from '../../words/overview.ts';

export const OverviewPage = () => <PlaceholderPage title={words.title} />;
