import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { secretCheck, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { credentialCipher } from '../../shared/composition/encryption.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { integrationsSecret } from '../../shared/composition/integrations.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { hasVcsWorker, readsFolders } from '../../shared/composition/vcs-worker.ts';
import { vcsKinds } from '../../shared/domain/vcs-repository.ts';
import { appHandler } from '../../shared/runtime/app-handler.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { pageAnswer } from '../../shared/runtime/page.ts';
import { refusalIfTooOften } from '../../shared/sign-in/page-rate.ts';
import { problemPage } from '../../shared/sign-in/pages.ts';
import { makeSshKey } from '../../shared/vcs/ssh-key.ts';
import { createApp } from './app.ts';
import { answerPage } from './pages/answer-page.ts';

const logger = createLogger('serve-api');
const table = tableClient();

const common = {
  table,
  workQueue: workQueueClient(),
  clock: systemClock,
  randomBytes,
  cipher: credentialCipher(),
  logger,
  forges: createForges(table, logger),
  integrationsSecret: integrationsSecret(),
  isFromCdn: cdnRequestCheck(),
  isOperatorKey: secretCheck('operatorKeySecretArn'),
  vcs: { hasWorker: hasVcsWorker(), readsFolders: readsFolders(), readableKinds: vcsKinds, makeSshKey },
};
const current = forAddresses(addresses(), (found) => {
  const dependencies = { ...common, ...found };
  return { dependencies, app: createApp(dependencies) };
});
/** A form of ours is much smaller. */
const bodyBytesMax = 16 * 1024;

const api = appHandler({ logger }, async () => (await current()).app);
const pages = httpHandler(
  {
    logger,
    bodyBytesMax,
    isFromCdn: common.isFromCdn,
    answerProblem: (problem) => pageAnswer(problemPage(problem)),
  },
  async (request) => {
    const { dependencies } = await current();
    return (await refusalIfTooOften(dependencies, request)) ?? answerPage(dependencies, request);
  },
);

export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  event.rawPath.startsWith('/api/') ? api(event, context) : pages(event, context);
