/** Structured logs. Messages of warnings and errors are static text with data in fields; never bodies, tokens or signatures. */
import { Logger } from '@aws-lambda-powertools/logger';

export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName });
}
export type { Logger } from '@aws-lambda-powertools/logger';
