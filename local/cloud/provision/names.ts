import { createHash } from 'node:crypto';
import type { ResolvedResource } from '../template/resource.ts';

/** The name of a resource that has none in the template; the same in each run. */
export function physicalName({ stack, logicalId }: Pick<ResolvedResource, 'stack' | 'logicalId'>): string {
  return `${stack}-${logicalId}`;
}

/** Lower-case letters and digits, the same for a resource in each run, in the form of AWS ids. */
export function stableId(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>, length: number): string {
  const digest = createHash('sha256').update(physicalName(resource)).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** A UUID, the same for a resource in each run. */
export function stableUuid(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>): string {
  const digest = createHash('sha256').update(physicalName(resource)).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
