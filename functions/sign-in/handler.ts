import { randomBytes } from 'node:crypto';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { secretCheck, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { credentialCipher } from '../../shared/composition/encryption.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { integrationsSecret } from '../../shared/composition/integrations.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { pageRegistrations } from '../../shared/organizations/page-registrations.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { pageAnswer } from '../../shared/runtime/page.ts';
import { refusalIfTooOften } from '../../shared/sign-in/page-rate.ts';
import { problemPage } from '../../shared/sign-in/pages.ts';
import { answerSignIn } from '../../shared/sign-in/routes.ts';

const logger = createLogger('sign-in');
const table = tableClient();
const forges = createForges(table, logger);
const common = {
  table,
  cipher: credentialCipher(),
  clock: systemClock,
  randomBytes,
  logger,
};
const workQueue = workQueueClient();
const isSetUpCode = secretCheck('setUpCodeSecretArn', { acceptsPrevious: false });
const integrations = integrationsSecret();
const dependenciesOf = forAddresses(addresses(), ({ consoleBaseUrl }) => ({
  ...common,
  consoleBaseUrl,
  workQueue,
  integrations: forges.integrations,
  newestIntegrations: forges.newestIntegrations,
  registrations: pageRegistrations({ ...common, consoleBaseUrl, forges, integrationsSecret: integrations }),
  servicesOf: forges.servicesOf,
  signInOf: forges.signInOf,
  isSetUpCode,
}));
/** A form of ours is much smaller. */
const bodyBytesMax = 16 * 1024;

export const handler = httpHandler(
  {
    logger,
    bodyBytesMax,
    isFromCdn: cdnRequestCheck(),
    answerProblem: (problem) => pageAnswer(problemPage(problem)),
  },
  async (request) => {
    const dependencies = await dependenciesOf();
    return (await refusalIfTooOften(dependencies, request)) ?? answerSignIn(dependencies, request);
  },
);
