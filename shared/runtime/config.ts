/** The one place that reads the process's environment. */
import { environment } from './environment.ts';

/**
 * The value of a variable that the template sets.
 *
 * @throws Error that names the variable when it is missing
 */
export function required(name: keyof typeof environment): string {
  const value = process.env[environment[name]];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${environment[name]} is not set`);
  }
  return value;
}

/**
 * Whether this is a function of AWS, and no machine of somebody's own.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const isOnLambda = (): boolean => process.env.AWS_LAMBDA_RUNTIME_API !== undefined;

/** The endpoint of the key-value store's data plane, if it is not AWS's own. */
export function keyValueEndpoint(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE;
}
