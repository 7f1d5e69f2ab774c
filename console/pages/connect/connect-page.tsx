import { PlaceholderPage } from '../../components/placeholder-page.tsx';
import { connectWords as words } from '../../words/connect.ts';

export const ConnectPage = () => <PlaceholderPage title={words.title} />;
