/** Fixture: a registry with one package, of whose commits a scan recorded only the tip. */
import { ForgeError, type ForgeErrorCode } from '../../shared/forge/errors.ts';
import type { HttpAnswer } from '../../shared/runtime/http-message.ts';
import type { Registry } from './registry-fixture.ts';
import { scannedRegistry } from './scanned.ts';

export interface Pinned extends Registry {
  /** Requests to the forge about commits, in order. */
  readonly lookUps: string[];
  warningOf(answer: HttpAnswer): string;
}

/** Package 1 is `acme/one`. Its branch main is at `a…`, with `b…` and `c…` in its history; only the tip is recorded. */
export async function pinned(): Promise<Pinned> {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a' },
    branches: { main: 'a' },
    history: ['b', 'c'],
  });
  const lookUps: string[] = [];
  registry.beforeContents = (what, of) => {
    if (what === 'contains') lookUps.push(of);
  };
  return Object.assign(registry, {
    lookUps,
    warningOf: ({ body }: HttpAnswer) => String(JSON.parse(body ?? '{}').warning),
  });
}

export const unknown = 'f'.repeat(40);
export const hashOf = (number: number): string => number.toString(16).padStart(40, '0');

export function failing(registry: Registry, code: ForgeErrorCode, notBefore?: number): { lookUps: number } {
  const counted = { lookUps: 0 };
  registry.beforeContents = (what) => {
    if (what === 'contains') {
      counted.lookUps++;
      throw new ForgeError(code, 'no', notBefore === undefined ? {} : { notBefore });
    }
  };
  return counted;
}
