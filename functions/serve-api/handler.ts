import { randomBytes } from 'node:crypto';
import { createSecretReader, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { credentialCipher } from '../../shared/composition/encryption.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { integrationsSecret } from '../../shared/composition/integrations.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { appHandler } from '../../shared/runtime/app-handler.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { createApp } from './app.ts';

const logger = createLogger('serve-api');
const secret = createSecretReader();
const table = tableClient();

export const handler = appHandler(
  { logger },
  createApp({
    table,
    workQueue: workQueueClient(),
    clock: systemClock,
    randomBytes,
    cipher: credentialCipher(),
    logger,
    forges: createForges(table, logger),
    integrationsSecret: integrationsSecret(),
    isFromCdn: cdnRequestCheck(),
    operatorKey: () => secret(required('operatorKeySecretArn')),
    consoleBaseUrl: required('consoleBaseUrl'),
  }),
);
