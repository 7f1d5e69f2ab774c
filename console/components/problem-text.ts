import { ApiProblem } from '../api/problem.ts';
import { commonWords as words } from '../words/common.ts';

const isOfServer = ({ status }: ApiProblem): boolean => status >= 500;

/** What happened and what to do, as a sentence. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) {
    return words.errors.pageFailedWhy;
  }
  switch (error.code) {
    case 'unreachable':
      return words.errors.unreachable;
    case 'unreadable':
      return isOfServer(error) ? words.errors.server : words.errors.unreadable;
    case 'unauthenticated':
      return words.sessionEnded.title;
    case 'rate-limited':
      return words.errors.rateLimited(error.retryAfter ?? 60);
    case 'precondition-failed':
      return words.errors.outdated;
    default:
      return isOfServer(error) ? words.errors.server : asSentence(error.message);
  }
}

/** The command line shows the same texts within sentences of its own. */
const asSentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** What is wrong with a field of the body. @param pointer such as `/description` */
export const fieldProblem = (error: unknown, pointer: string): string | undefined =>
  error instanceof ApiProblem ? error.errors.find((one) => one.pointer === pointer)?.detail : undefined;
