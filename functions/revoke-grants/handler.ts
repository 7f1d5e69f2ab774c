import { tableClient } from '../../shared/composition/clients.ts';
import { credentialCipher } from '../../shared/composition/encryption.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { revokeLapsedGrants } from '../../shared/organizations/revoke-grants.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';

const logger = createLogger('revoke-grants');
const table = tableClient();
const dependencies = {
  table,
  cipher: credentialCipher(),
  clock: systemClock,
  logger,
  forges: createForges(table, logger),
};

export const handler = scheduleHandler({ logger }, () => revokeLapsedGrants(dependencies));
