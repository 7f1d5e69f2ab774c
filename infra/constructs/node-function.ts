import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Handler, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';

export interface NodeFunctionSettings {
  /** The folder in functions/. */
  readonly name: string;
  readonly description: string;
  readonly distDir: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs from the image of the Dockerfile beside the bundle, with so much space in /tmp. */
  readonly image?: { readonly temporaryMegabytes: number } | undefined;
}

/**
 * Creates a function from its bundle, with its own role, which so far may only write its log.
 *
 * @throws when the bundle is missing
 */
export function createNodeFunction(stack: Stack, settings: NodeFunctionSettings): LambdaFunction {
  const folder = join(settings.distDir, 'functions', settings.name);
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new Error(
      `${settings.name} has no bundle in ${folder}: write functions/${settings.name}/handler.ts and run infra/bundle.ts`,
    );
  }
  const id = pascalCase(settings.name);
  const logGroup = new LogGroup(stack, `${id}Logs`, {
    logGroupName: `/aws/lambda/${Aws.STACK_NAME}-${settings.name}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new LambdaFunction(stack, id, {
    functionName: `${Aws.STACK_NAME}-${settings.name}`,
    description: settings.description,
    ...codeIn(folder, settings.image),
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(settings.timeoutSeconds),
    memorySize: settings.memoryMegabytes,
    environment: { ...settings.environment },
    logGroup,
    role,
  });
}

/** The bundle as it is, or in an image. Nothing is built before a deployment, so synthesizing takes no Docker. */
function codeIn(folder: string, image: NodeFunctionSettings['image']) {
  return image === undefined
    ? { code: Code.fromAsset(folder), handler: 'index.handler', runtime: Runtime.NODEJS_24_X }
    : {
        code: Code.fromAssetImage(folder, { platform: Platform.LINUX_ARM64 }),
        handler: Handler.FROM_IMAGE,
        runtime: Runtime.FROM_IMAGE,
        ephemeralStorageSize: Size.mebibytes(image.temporaryMegabytes),
      };
}

export function pascalCase(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
