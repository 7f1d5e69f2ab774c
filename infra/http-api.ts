import type { Stack } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod, type HttpRoute, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { FunctionName, OptionalFunction } from './function-needs.ts';
import type { Functions } from './functions.ts';

/** Requests in a second, and at once. */
interface Rate {
  readonly ThrottlingRateLimit: number;
  readonly ThrottlingBurstLimit: number;
}

/**
 * Routes that do not share the rate of the others: a flood of one must not refuse the requests of another. Reports of downloads take the
 * fewest, since nothing but statistics depends on them and anybody may send one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
const rates: Readonly<Record<string, Rate>> = {
  'POST /webhooks/{forge}': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  'POST /webhooks/{forge}/{source}': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  'GET /dists/{slug}/{number}/{file}': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  'GET /search/{slug}/{principal}': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
  'POST /downloads': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
  'ANY /sign-in/{proxy+}': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
};

/** A stage refuses settings of a route that does not exist yet. */
function throttleRoutes(stage: HttpStage, routes: readonly HttpRoute[]): void {
  const resource = stage.node.defaultChild;
  if (!(resource instanceof CfnStage)) {
    throw new Error('the stage has no resource');
  }
  resource.routeSettings = rates;
  resource.node.addDependency(...routes);
}

/** Creates the HTTP API behind both distributions. */
export function createHttpApi(stack: Stack, functions: Functions): HttpApi {
  const api = new HttpApi(stack, 'HttpApi', { createDefaultStage: false });
  const stage = new HttpStage(stack, 'HttpStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: 100, burstLimit: 200 },
  });
  const routes: HttpRoute[] = [];
  route([HttpMethod.POST], '/webhooks/{forge}', 'receive-webhook');
  route([HttpMethod.POST], '/webhooks/{forge}/{source}', 'receive-webhook');
  // CloudFront fails over for HEAD too, and this API answers 404 to methods without a route.
  route([HttpMethod.GET, HttpMethod.HEAD], '/dists/{slug}/{number}/{file}', 'fetch-dist');
  route([HttpMethod.GET], '/search/{slug}/{principal}', 'search-packages');
  route([HttpMethod.POST], '/downloads', 'record-downloads');
  route([HttpMethod.ANY], '/sign-in', 'sign-in');
  route([HttpMethod.ANY], '/sign-in/{proxy+}', 'sign-in');
  route([HttpMethod.ANY], '/api/{proxy+}', 'serve-api');
  // The pages that need no JavaScript, and an answer in their form for what is nowhere.
  route([HttpMethod.ANY], '/{proxy+}', 'serve-api');
  throttleRoutes(stage, routes);
  return api;

  function route(methods: HttpMethod[], path: string, target: Exclude<FunctionName, OptionalFunction>): void {
    const integration = new HttpLambdaIntegration(target, functions[target]);
    routes.push(...api.addRoutes({ path, methods, integration }));
  }
}
