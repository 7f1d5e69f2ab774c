import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { secretCheck, tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { credentialCipher } from '../../shared/composition/encryption.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { integrationsSecret } from '../../shared/composition/integrations.ts';
import { cdnRequestCheck } from '../../shared/composition/origin-secret.ts';
import { appHandler } from '../../shared/runtime/app-handler.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { required } from '../../shared/runtime/config.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { pageAnswer } from '../../shared/runtime/page.ts';
import { refusalIfTooOften } from '../../shared/sign-in/page-rate.ts';
import { problemPage } from '../../shared/sign-in/pages.ts';
import { createApp } from './app.ts';
import { answerPage } from './pages/answer-page.ts';

const logger = createLogger('serve-api');
const table = tableClient();

const dependencies = {
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
  consoleBaseUrl: required('consoleBaseUrl'),
  registryBaseUrl: required('registryBaseUrl'),
};
/** A form of ours is much smaller. */
const bodyBytesMax = 16 * 1024;

const api = appHandler({ logger }, createApp(dependencies));
const pages = httpHandler(
  {
    logger,
    bodyBytesMax,
    isFromCdn: dependencies.isFromCdn,
    answerProblem: (problem) => pageAnswer(problemPage(problem)),
  },
  async (request) => (await refusalIfTooOften(dependencies, request)) ?? answerPage(dependencies, request),
);

export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  event.rawPath.startsWith('/api/') ? api(event, context) : pages(event, context);
