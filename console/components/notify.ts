import { notifications } from '@mantine/notifications';

/** Says for some seconds that something was done. What went wrong is said where it was tried, and stays: `ProblemAlert`. */
export const notifyDone = (message: string): void => {
  notifications.show({ message, color: 'green', withCloseButton: true });
};
