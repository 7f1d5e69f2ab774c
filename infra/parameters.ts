import { CfnCondition, CfnParameter, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import { synchronizationsAtOnce } from './function-needs.ts';

/** A host name of the operator's; without it CloudFront's own is used. */
export interface CustomDomain {
  readonly name: string;
  /** In us-east-1, as CloudFront requires. */
  readonly certificateArn: string;
  readonly isGiven: CfnCondition;
  /** The address that people use, where it is another than the host name says. */
  readonly baseUrl: { readonly value: string; readonly isGiven: CfnCondition };
}

export interface Parameters {
  readonly privateForgeHosts: string;
  readonly alarmTopic: { readonly arn: string; readonly isGiven: CfnCondition };
  readonly reserved: ReservedConcurrency;
  /** A text that changes when the CDN is to send the newest origin secrets. */
  readonly originProofRotation: string;
  readonly registryDomain: CustomDomain;
  readonly consoleDomain: CustomDomain;
}

/** Executions that other functions cannot take. */
export interface ReservedConcurrency {
  readonly executions: string;
  readonly isGiven: CfnCondition;
}

/** A name, an IPv4 address or an IPv6 address: a single colon would be that of a port. */
const hostPattern = '([A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)';

/** Creates the stack's parameters, which the operator sets when deploying. Each has a default that works. */
export function createParameters(stack: Stack): Parameters {
  const privateForgeHosts = new CfnParameter(stack, 'PrivateForgeHosts', {
    type: 'String',
    description:
      'Host names of code hosts that functions may connect to although they have private addresses or no https, separated by commas. Subdomains are included',
    // A function's variable cannot be empty.
    default: 'none',
    allowedPattern: `${hostPattern}([, ]+${hostPattern})*`,
    constraintDescription: 'Host names or IP addresses without ports, separated by commas',
  });
  const originProofRotation = new CfnParameter(stack, 'OriginProofRotation', {
    type: 'String',
    description:
      'Another text after the origin secrets were rotated, such as the date: the CDN then sends the new ones',
    default: 'never',
    allowedPattern: '[\\w.:-]{1,40}',
  });
  return {
    alarmTopic: createAlarmTopic(stack),
    reserved: createReservedConcurrency(stack),
    originProofRotation: originProofRotation.valueAsString,
    privateForgeHosts: privateForgeHosts.valueAsString,
    registryDomain: createDomain(stack, 'Registry'),
    consoleDomain: createDomain(stack, 'Console'),
  };
}

function createAlarmTopic(stack: Stack): Parameters['alarmTopic'] {
  const arn = new CfnParameter(stack, 'AlarmTopicArn', {
    type: 'String',
    description: 'ARN of an SNS topic of yours that alarms are sent to; none: they only show in CloudWatch',
    default: 'none',
    allowedPattern: 'none|arn:[\\w-]+:sns:\\S+',
  }).valueAsString;
  const isGiven = new CfnCondition(stack, 'AlarmTopicIsGiven', {
    expression: Fn.conditionNot(Fn.conditionEquals(arn, 'none')),
  });
  return { arn, isGiven };
}

/**
 * Off by default: an account must keep 100 executions that are not reserved, and new ones have 10 in all. A reservation is a limit too, so
 * it is no lower than what the queue starts.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
function createReservedConcurrency(stack: Stack): ReservedConcurrency {
  const executions = new CfnParameter(stack, 'ReservedConcurrency', {
    type: 'String',
    description: `Executions to reserve for receive-webhook, and as many for sync-organization; 0 for none, else at least ${synchronizationsAtOnce}`,
    default: '0',
    allowedPattern: '0|[1-9][0-9]+',
    constraintDescription: `0, or at least ${synchronizationsAtOnce}`,
  });
  const isGiven = new CfnCondition(stack, 'ReservedConcurrencyIsGiven', {
    expression: Fn.conditionNot(Fn.conditionEquals(executions.valueAsString, '0')),
  });
  return { executions: executions.valueAsString, isGiven };
}

/** Composer refuses http and cookies of sessions need https; one machine has neither a name nor a certificate. */
const baseUrlPattern = '(https://[a-z0-9.-]+(:[0-9]+)?|http://127\\.0\\.0\\.1:[0-9]+)?';

const domainPattern = '([a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+)?';

function createDomain(stack: Stack, host: 'Registry' | 'Console'): CustomDomain {
  const name = new CfnParameter(stack, `${host}DomainName`, {
    type: 'String',
    description: `Host name of the ${host.toLowerCase()}; empty for CloudFront's own`,
    default: '',
    allowedPattern: domainPattern,
    constraintDescription: 'A host name in lower case, such as packages.example.com: no https:// and no path',
  }).valueAsString;
  const certificateArn = new CfnParameter(stack, `${host}CertificateArn`, {
    type: 'String',
    description: `ARN of the certificate of ${host}DomainName, in us-east-1`,
    default: '',
    allowedPattern: '(arn:[\\w-]+:acm:us-east-1:[0-9]+:certificate/\\S+)?',
    constraintDescription: 'The ARN of a certificate in us-east-1, where CloudFront reads it',
  }).valueAsString;
  const baseUrl = new CfnParameter(stack, `${host}BaseUrl`, {
    type: 'String',
    description: `Public address of the ${host.toLowerCase()}, if something stands before the CDN; empty: https:// and its host name`,
    default: '',
    allowedPattern: baseUrlPattern,
    constraintDescription:
      'An https address in lower case without a path or a slash at its end, such as https://packages.example.com. Composer refuses http, and everything is served from the root of a host',
  }).valueAsString;
  const isGiven = new CfnCondition(stack, `${host}DomainIsGiven`, {
    expression: Fn.conditionNot(Fn.conditionEquals(name, '')),
  });
  const isBaseUrlGiven = new CfnCondition(stack, `${host}BaseUrlIsGiven`, {
    expression: Fn.conditionNot(
      Fn.conditionOr(
        Fn.conditionEquals(baseUrl, ''),
        // The default of earlier versions, which an update goes on using.
        Fn.conditionEquals(baseUrl, `https://${host.toLowerCase()}.invalid`),
      ),
    ),
  });
  new CfnRule(stack, `${host}DomainHasCertificate`, {
    ruleCondition: Fn.conditionNot(Fn.conditionEquals(name, '')),
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionEquals(certificateArn, '')),
        assertDescription: `${host}DomainName needs ${host}CertificateArn`,
      },
    ],
  });
  return { name, certificateArn, isGiven, baseUrl: { value: baseUrl, isGiven: isBaseUrlGiven } };
}
