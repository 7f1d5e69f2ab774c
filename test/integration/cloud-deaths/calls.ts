/** What the functions ask of the services and of the forge, told apart so that one call can be met again in another run. */
import { z } from 'zod';
import type { Fault, Intercept } from '../../../local/cloud/services/gateway.ts';
import type { ServiceCall } from '../../../local/cloud/services/gateway-call.ts';
import type { Intercept as ForgeIntercept } from '../../../local/forges/faults/interception.ts';
import type { System } from '../../support/started.ts';

/** `death before`, `death after`: the worker ends, before or after the call took effect. `lost answer`: it did, and the connection breaks. */
export const manners = ['death before', 'death after', 'lost answer'] as const;
export type Manner = (typeof manners)[number];

/** One call: who asks whom for what on which kind of key, and the how manieth of these it is. */
export type CallName = string;

export interface Watch {
  /** Every call so far, in the order in which they came. */
  readonly calls: readonly CallName[];
  /** Whether the fault has struck. */
  struck(): boolean;
  stop(): void;
}

/** Who asks the forge. What it is asked does not say which of them it is, so all of them die. */
const forgeCallers = ['sync-organization', 'scan-repository', 'fetch-dist'];

/** Watches all calls of functions, and lets one of them go wrong. */
export function watchCalls(
  { cloud, gitHub }: Pick<System, 'cloud' | 'gitHub'>,
  fault?: { readonly call: CallName; readonly manner: Manner },
): Watch {
  const calls: CallName[] = [];
  const counts = new Map<string, number>();
  let struck = false;
  const isIt = (what: string): boolean => {
    const place = (counts.get(what) ?? 0) + 1;
    counts.set(what, place);
    const call = `${what} · ${place}`;
    calls.push(call);
    const strikes = call === fault?.call;
    struck ||= strikes;
    return strikes;
  };
  const kill = (names: readonly string[]) => () => Promise.all(names.map((name) => cloud.killRunning(name)));
  const dies = fault?.manner !== 'lost answer';
  const when = fault?.manner === 'death before' ? 'before' : 'after';

  const onService: Intercept = (call): 'pass' | Fault => {
    if (!cloud.functions.includes(call.caller) || !isIt(describeCall(call))) {
      return 'pass';
    }
    return { when, drop: true, ...(dies && { act: kill([call.caller]) }) };
  };
  const onForge: ForgeIntercept = (asked) =>
    isIt(describeRequest(asked)) ? { when, ...(dies && { act: kill(forgeCallers) }) } : undefined;
  cloud.gateway.intercept(onService);
  gitHub.intercept(onForge);
  return {
    calls,
    struck: () => struck,
    stop() {
      cloud.gateway.intercept(undefined);
      gitHub.intercept(undefined);
    },
  };
}

function describeRequest({
  surface,
  method,
  path = '',
  operation,
}: Readonly<Record<string, string>>): string {
  const shape = path.replaceAll(/[0-9a-f]{40}|v1\.[^/]+/g, '*').replaceAll(/\d+/g, '#');
  return `forge ${surface} ${operation ?? `${method} ${shape}`}`;
}

function describeCall(call: ServiceCall): string {
  const caller = call.caller.replace(/^Repertoire-/, '');
  return `${caller} ${call.service} ${call.operation} ${shapeOf(call)}`.trim();
}

function shapeOf({ service, request }: ServiceCall): string {
  const text = request.body.toString('utf8');
  if (service === 'dynamodb') {
    return [...new Set(keysIn(JSON.parse(text)))].sort().join(' + ');
  }
  if (service === 'sqs') {
    return z.object({ QueueUrl: z.string() }).parse(JSON.parse(text)).QueueUrl.split('/').at(-1) ?? '';
  }
  if (service === 's3') {
    const [, bucket = '', ...key] = (request.target.split('?')[0] ?? '').split('/');
    return `${bucket.replace(/-[0-9a-f]{6,}.*$/, '')} ${objectShape(key.join('/'))}`;
  }
  return '';
}

/** Each key that a request to the table names, as what comes before the first name or number in it. */
function keysIn(value: unknown, name = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => keysIn(one, name));
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const item = value as Readonly<Record<string, unknown>>;
  const pk = stringOf(item.pk ?? item[':pk']);
  const sk = stringOf(item.sk ?? item[':prefix']);
  if (pk !== undefined && sk !== undefined) {
    return [`${prefixOf(pk)} ${skShape(sk)}`];
  }
  const queue = stringOf(item[':queue']);
  if (name === 'ExpressionAttributeValues' && queue !== undefined && item[':before'] !== undefined) {
    return [`pending ${queue}`];
  }
  return Object.entries(item).flatMap(([key, inner]) => keysIn(inner, key));
}

function stringOf(attribute: unknown): string | undefined {
  const text = z.object({ S: z.string() }).safeParse(attribute);
  return text.success ? text.data.S : undefined;
}

const prefixOf = (key: string): string => key.split('#')[0] ?? '';

/** The names of scopes and edge keys tell different things; others are numbers and ids of the world. */
function skShape(key: string): string {
  if (key.startsWith('SCOPE#')) {
    return key;
  }
  return key.includes('#') ? prefixOf(key) : (key.split('/')[0] ?? '');
}

const objectShape = (key: string): string =>
  key.includes('/roots/') ? 'root' : key.replace(/^.*\//, '').replace(/^[0-9a-f]{40}/, '*');
