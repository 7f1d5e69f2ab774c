import type { Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { FunctionName } from './function-needs.ts';
import type { Functions } from './functions.ts';

/** Creates the HTTP API behind both distributions. */
export function createHttpApi(stack: Stack, functions: Functions): HttpApi {
  const api = new HttpApi(stack, 'HttpApi', { createDefaultStage: false });
  new HttpStage(stack, 'HttpStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: 100, burstLimit: 200 },
  });
  route([HttpMethod.POST], '/webhooks/{forge}', 'receive-webhook');
  route([HttpMethod.POST], '/webhooks/{forge}/{source}', 'receive-webhook');
  // CloudFront fails over for HEAD too, and this API answers 404 to methods without a route.
  route([HttpMethod.GET, HttpMethod.HEAD], '/dists/{slug}/{number}/{file}', 'fetch-dist');
  route([HttpMethod.POST], '/downloads', 'record-downloads');
  route([HttpMethod.ANY], '/sign-in', 'sign-in');
  route([HttpMethod.ANY], '/sign-in/{proxy+}', 'sign-in');
  route([HttpMethod.ANY], '/api/{proxy+}', 'serve-api');
  // The pages that need no JavaScript, and an answer in their form for what is nowhere.
  route([HttpMethod.ANY], '/{proxy+}', 'serve-api');
  return api;

  function route(methods: HttpMethod[], path: string, target: FunctionName): void {
    api.addRoutes({
      path,
      methods,
      integration: new HttpLambdaIntegration(target, functions[target]),
    });
  }
}
