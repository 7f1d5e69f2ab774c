import { createHash } from 'node:crypto';
import type { ResolvedResource } from '../template/resource.ts';

/** The name of a resource that the template leaves nameless: the same in each run. */
export function physicalName({ stack, logicalId }: Pick<ResolvedResource, 'stack' | 'logicalId'>): string {
  return `${stack}-${logicalId}`;
}

/** Lower-case letters and digits that stand for the resource in each run, as ids of AWS do. */
export function stableId(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>, length: number): string {
  const digest = createHash('sha256').update(physicalName(resource)).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** A UUID that stands for the resource in each run. */
export function stableUuid(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>): string {
  const digest = createHash('sha256').update(physicalName(resource)).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
