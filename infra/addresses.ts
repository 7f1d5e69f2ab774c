import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { Cdn } from './cdn.ts';
import type { CustomDomain, Parameters } from './parameters.ts';

const name = `/${Aws.STACK_NAME}/addresses`;

/**
 * The parameter that functions read the public addresses from. Its name is fixed by the stack's: a reference to it would make a function depend
 * on the distributions, which depend on the API, which depends on the function.
 */
export const addressesParameter = {
  name,
  arn: `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`,
} as const;

/** Creates the parameter: each host's own address, its domain's, or the CDN's name for it. */
export function createAddresses(stack: Stack, parameters: Parameters, cdn: Cdn): void {
  const registry = addressOf(parameters.registryDomain, cdn.registryHost);
  const console = addressOf(parameters.consoleDomain, cdn.consoleHost);
  new CfnParameter(stack, 'Addresses', {
    name,
    type: 'String',
    description: 'The public addresses of the registry and the console',
    value: Fn.join('', ['{"registry":"', registry, '","console":"', console, '"}']),
  });
}

const addressOf = ({ baseUrl, isGiven, name: domain }: CustomDomain, host: string): string =>
  Fn.conditionIf(
    baseUrl.isGiven.logicalId,
    baseUrl.value,
    Fn.join('', ['https://', Fn.conditionIf(isGiven.logicalId, domain, host).toString()]),
  ).toString();
