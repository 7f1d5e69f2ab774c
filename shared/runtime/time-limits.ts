/**
 * Time-outs of the functions that work under leases; the template sets them (infra/function-needs.ts), and each lease is derived from
 * one.
 *
 * Imports nothing: the template and the functions both import it, and neither may pull in the other.
 */
export const functionSeconds = {
  'sync-organization': 300,
  'scan-repository': 300,
  /** As long as a function may run: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  'scan-vcs': 900,
  'publish-package': 60,
  'publish-roots': 60,
  'run-deletion': 300,
  /** The HTTP API gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
  'fetch-dist': 29,
} as const;

/**
 * The duration of a function's lease, in milliseconds. It outlives the function by 30 s: once it has ended, its worker was killed
 * and cannot write any more.
 */
export const leaseMsOf = (name: keyof typeof functionSeconds): number => (functionSeconds[name] + 30) * 1000;

/** How often every synchronization is read whole, in minutes; the template's schedule. */
export const reconcileMinutes = 10;
