import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';

export const HeldRemovalsPage = () => <PlaceholderPage title={words.titles['held-removals']} />;
