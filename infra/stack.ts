import {
  type App,
  CfnElement,
  CfnOutput,
  DefaultStackSynthesizer,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import { createAddresses } from './addresses.ts';
import { createAlarms } from './alarms.ts';
import { createCdn } from './cdn.ts';
import { createData } from './data.ts';
import { createFunctions } from './functions.ts';
import { createHttpApi } from './http-api.ts';
import { createParameters } from './parameters.ts';
import { createQueues, createTriggers } from './queues.ts';

/** Creates the one stack; see docs/decisions/0001-one-stack.md. `distDir` holds the bundles. */
export function createRepertoireStack(
  app: App,
  distDir: string,
  worker: { readonly hasVcsWorker: boolean; readonly readsFolders: boolean },
): Stack {
  const stack = new Stack(app, 'Repertoire', {
    description: 'Repertoire, a private Composer registry that keeps itself in step with the code host',
    // Without bootstrapping, deployment fails at the first asset anyway. The cast: CDK's classes do not fit its interfaces under
    // exactOptionalPropertyTypes.
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
  });
  const parameters = createParameters(stack);
  const data = createData(stack);
  const queues = createQueues(stack);
  const functions = createFunctions(stack, { distDir, parameters, data, queues, ...worker });
  createTriggers(stack, { queues, functions });
  createAlarms(stack, { functions, queues, parameters });
  const api = createHttpApi(stack, functions);
  const delivery = createCdn(stack, { distDir, parameters, data, api });
  createAddresses(stack, parameters, delivery);

  const outputs = {
    RegistryHost: [delivery.registryHost, 'Point the DNS name of the registry here'],
    ConsoleHost: [delivery.consoleHost, 'Point the DNS name of the console here'],
    ConsoleBucketName: [data.consoleBucket.bucketName, 'Bucket with the static files of the console'],
    IntegrationsSecretName: [
      data.integrationsSecret.secretArn,
      'Secret with the Apps and applications on code hosts',
    ],
    OperatorKeySecretName: [
      data.operatorKeySecret.secretArn,
      "Secret with the operator's key, for npm run admin",
    ],
    SetUpCodeSecretName: [data.setUpCodeSecret.secretArn, 'Secret with the code for the first sign-in'],
  } as const;
  for (const [name, [value, description]] of Object.entries(outputs))
    new CfnOutput(stack, `${name}Output`, { value, description }).overrideLogicalId(name);

  nameByPath(stack);
  return stack;
}

/**
 * Names every resource by its path alone, without CDK's hash: `SyncQueue`, not `SyncQueueA1B2C3D4`. These names appear in
 * deployments, alarms and tests. Renaming replaces the resource, so construct ids never change.
 *
 * @throws when two paths give the same name
 */
function nameByPath(stack: Stack): void {
  const taken = new Map<string, string>();
  for (const element of stack.node.findAll().filter((node) => CfnElement.isCfnElement(node))) {
    if (element.node.scope === stack && element instanceof CfnOutput) continue;
    const scopes = element.node.scopes.slice(stack.node.scopes.length).map((scope) => scope.node.id);
    const words = scopes
      .filter((id) => id !== 'Resource' && id !== 'Default')
      .flatMap((id) => id.split(/[^A-Za-z0-9]+/));
    const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    const other = taken.get(name);
    if (other !== undefined) throw new Error(`${element.node.path} and ${other} would both be named ${name}`);
    taken.set(name, element.node.path);
    element.overrideLogicalId(name);
  }
}
