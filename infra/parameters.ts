import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

/** A host name of the operator's own; without one CloudFront's serves. */
export interface CustomDomain {
  readonly name: string;
  /** In us-east-1, as CloudFront wants it. */
  readonly certificateArn: string;
  readonly isGiven: CfnCondition;
}

export interface Parameters {
  readonly registryBaseUrl: string;
  readonly consoleBaseUrl: string;
  readonly registryDomain: CustomDomain;
  readonly consoleDomain: CustomDomain;
}

/** What the operator says when deploying. The base URLs have to be said: the functions cannot ask a distribution that depends on them. */
export function createParameters(stack: Stack): Parameters {
  const baseUrl = {
    type: 'String',
    allowedPattern: 'https?://[^/]+(/.*[^/])?',
    constraintDescription: 'An http or https address without a slash at its end',
  };
  const registryBaseUrl = new CfnParameter(stack, 'RegistryBaseUrl', {
    ...baseUrl,
    description: 'Public address of the registry host. It stands in lock files: choose it for ever',
    default: 'https://registry.invalid',
  });
  const consoleBaseUrl = new CfnParameter(stack, 'ConsoleBaseUrl', {
    ...baseUrl,
    description: 'Public address of the console host (API, sign-in, webhooks)',
    default: 'https://console.invalid',
  });
  return {
    registryBaseUrl: registryBaseUrl.valueAsString,
    consoleBaseUrl: consoleBaseUrl.valueAsString,
    registryDomain: createDomain(stack, 'Registry'),
    consoleDomain: createDomain(stack, 'Console'),
  };
}

function createDomain(stack: Stack, host: 'Registry' | 'Console'): CustomDomain {
  const name = new CfnParameter(stack, `${host}DomainName`, {
    type: 'String',
    description: `Host name of the ${host.toLowerCase()}; empty for CloudFront's own`,
    default: '',
  }).valueAsString;
  const certificateArn = new CfnParameter(stack, `${host}CertificateArn`, {
    type: 'String',
    description: `ARN of the certificate of ${host}DomainName, in us-east-1`,
    default: '',
  }).valueAsString;
  const isGiven = new CfnCondition(stack, `${host}DomainIsGiven`, {
    expression: Fn.conditionNot(Fn.conditionEquals(name, '')),
  });
  return { name, certificateArn, isGiven };
}
