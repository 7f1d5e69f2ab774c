/** Whether this installation has the worker of repositories at a URL. */
import { required } from '../runtime/config.ts';

/** Whether repositories at a URL can be read by this installation. */
export const hasVcsWorker = (): boolean => ['deployed', 'on-this-machine'].includes(required('vcsWorker'));

/** Whether they may be folders of the machine: only where all of the installation runs on one. */
export const readsFolders = (): boolean => required('vcsWorker') === 'on-this-machine';
