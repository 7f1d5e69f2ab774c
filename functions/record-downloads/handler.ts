import { tableClient } from '../../shared/composition/clients.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { recordDownloads, tokenOf } from '../../shared/downloads/record-downloads.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { jsonAnswer } from '../../shared/runtime/http-message.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('record-downloads');
/** Enough for more packages than any installation has. */
const bodyBytesMax = 1024 * 1024;
const dependencies = { table: tableClient(), clock: systemClock };

export const handler = httpHandler(
  { logger, bodyBytesMax, isFromCdn: cdnRequestCheck() },
  async ({ headers, body }) => {
    const counted = await recordDownloads(
      dependencies,
      tokenOf(headers.authorization),
      body.toString('utf8'),
    );
    return counted === undefined
      ? jsonAnswer(401, { warning: 'The registry does not know this token.' })
      : jsonAnswer(201, { status: 'success' });
  },
);
