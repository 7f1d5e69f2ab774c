import { notifications } from '@mantine/notifications';
import { isProblem } from '../api/problem.ts';
import { commonWords as words } from '../words/common.ts';
import { problemText } from './problem-text.ts';

const closable = { withCloseButton: true, closeButtonProps: { 'aria-label': words.close } };

/** Says for some seconds that something was done. What went wrong is said where it was tried, and stays: `ProblemAlert`. */
export const notifyDone = (message: string): void => {
  notifications.show({ ...closable, message, color: 'green' });
};

/**
 * Says that something did not work, and why, until it is closed: for what is tried in a menu or a row, where there is no place for `ProblemAlert`.
 *
 * @param title what was not done
 */
export const notifyFailed = (title: string, error: unknown): void => {
  // The dialog for it is open: layout/confirm-person.tsx
  if (!isProblem(error, 'reauthentication-required')) {
    notifications.show({
      ...{ ...closable, title, message: problemText(error), color: 'red', autoClose: false },
      // Mantine greys it below a title, too much to be read: https://www.w3.org/TR/WCAG22/#contrast-minimum
      styles: { description: { color: 'var(--mantine-color-text)' } },
    });
  }
};
