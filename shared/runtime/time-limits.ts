/**
 * Time-outs of the functions that work under leases; the template sets them (infra/functions.ts), and each lease follows from one.
 *
 * Imports nothing: the template and the functions both read it, and neither may drag the other in.
 */
export const functionSeconds = {
  'sync-organization': 300,
  'scan-repository': 300,
  'publish-package': 60,
  'publish-roots': 60,
  'run-deletion': 300,
  /** The HTTP API gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
  'fetch-dist': 29,
} as const;

/**
 * How long a lease of the function lasts, in milliseconds. It outlives the function by 30 s: who finds a lease that has ended knows that
 * its worker was killed, and is not about to write.
 */
export const leaseMsOf = (name: keyof typeof functionSeconds): number => (functionSeconds[name] + 30) * 1000;
