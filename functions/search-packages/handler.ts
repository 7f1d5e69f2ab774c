import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { tableClient } from '../../shared/composition/clients.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { searchReadable } from '../../shared/publish/search-readable.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('search-packages');
const common = { table: tableClient(), clock: systemClock };
const dependenciesOf = forAddresses(addresses(), ({ consoleBaseUrl }) => ({ ...common, consoleBaseUrl }));

/** Asks nobody for a token, as fetch-dist: the CDN's proof is one that comes only with what the edge function let pass. */
export const handler = httpHandler(
  { logger, bodyBytesMax: 0, isFromCdn: cdnRequestCheck() },
  async ({ parameters, query }) =>
    searchReadable(await dependenciesOf(), {
      slug: parameters.slug ?? '',
      principal: parameters.principal ?? '',
      query,
    }),
);
