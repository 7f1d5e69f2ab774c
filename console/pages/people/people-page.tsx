import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { peopleWords as words } from '../../words/people.ts';

export const PeoplePage = () => <PlaceholderPage title={words.title} />;
