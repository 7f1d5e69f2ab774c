import { notifications } from '@mantine/notifications';
import { commonWords as words } from '../words/common.ts';

/** Says for some seconds that something was done. What went wrong is said where it was tried, and stays: `ProblemAlert`. */
export const notifyDone = (message: string): void => {
  notifications.show({
    ...{ message, color: 'green', withCloseButton: true },
    closeButtonProps: { 'aria-label': words.close },
  });
};
