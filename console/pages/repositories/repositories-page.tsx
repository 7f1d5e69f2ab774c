import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { repositoriesWords as words } from '../../words/repositories.ts';

export const RepositoriesPage = () => <PlaceholderPage title={words.title} />;
