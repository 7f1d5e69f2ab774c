import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { whyWords as words } from '../../words/why.ts';

export const WhyPage = () => <PlaceholderPage title={words.title} />;
