import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

/** Where `notifyDone` shows its messages. A file of its own: no page begins with one. */
export const Notices = () => <Notifications position="bottom-right" />;
