import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { peopleWords as words } from '../../words/people.ts';

export const PersonPage = () => <PlaceholderPage title={words.titles.person} />;
