import { tableClient } from '../../shared/composition/clients.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { receiveReport } from '../../shared/downloads/receive-report.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('record-downloads');
/** Enough for as many packages as a report may name. */
const bodyBytesMax = 256 * 1024;
const dependencies = { table: tableClient(), clock: systemClock };

export const handler = httpHandler({ logger, bodyBytesMax, isFromCdn: cdnRequestCheck() }, (request) =>
  receiveReport(dependencies, request),
);
