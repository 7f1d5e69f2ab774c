/** Whether this installation has the worker of repositories at a URL. */
import { required } from '../runtime/config.ts';

/** Whether repositories at a URL can be read by this installation. */
export const hasVcsWorker = (): boolean => required('vcsWorker') === 'deployed';
