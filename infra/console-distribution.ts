import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import {
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type IOrigin,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { consoleContentSecurityPolicy, consolePage, consolePaths } from './console-paths.ts';

interface Parts {
  readonly toApi: BehaviorOptions;
  /** The bucket with the console's files. */
  readonly bucket: IOrigin;
  readonly brief: CachePolicy;
}

/** Creates the console host: the console's page and files from the bucket, everything else from the HTTP API. */
export function createConsole(stack: Stack, { toApi, bucket, brief }: Parts): Distribution {
  const files = {
    origin: bucket,
    responseHeadersPolicy: createHeaders(stack),
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  } as const;
  const page: BehaviorOptions = {
    ...files,
    // It names the newest files, so browsers and the CDN ask again each time.
    cachePolicy: brief,
    functionAssociations: [
      { eventType: FunctionEventType.VIEWER_REQUEST, function: createPageRewriter(stack) },
    ],
  };
  return new Distribution(stack, 'ConsoleDistribution', {
    comment: 'console',
    defaultBehavior: toApi,
    additionalBehaviors: {
      // Their names have a hash of their contents, so they never change.
      '/assets/*': { ...files, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
      ...Object.fromEntries(consolePaths.map((path) => [path, page])),
    },
  });
}

/** Every address of the console gets the same page, so that a link and a reload work. */
function createPageRewriter(stack: Stack): EdgeFunction {
  const code = [
    'function handler(event) {',
    `  event.request.uri = '${consolePage}';`,
    '  return event.request;',
    '}',
  ];
  return new EdgeFunction(stack, 'ServeConsolePage', {
    functionName: `${Aws.STACK_NAME}-serve-console-page`,
    comment: 'Answers every address of the console with its page',
    code: FunctionCode.fromInline(`${code.join('\n')}\n`),
    runtime: FunctionRuntime.JS_2_0,
  });
}

/** As the plain pages say themselves: `headers` in shared/runtime/page.ts. */
function createHeaders(stack: Stack): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(stack, 'ConsoleHeaders', {
    responseHeadersPolicyName: `${Aws.STACK_NAME}-console`,
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: consoleContentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true }],
    },
  });
}
