/** A request for one operation of the API. */
import type { ApiWorld } from './api-world.ts';

export interface Example {
  /** Values of the path's parameters besides the slug, which is `acme`. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The query or the body names an object of the organization, as paths do that have more parameters than the slug. */
  readonly namesObject?: true;
  /** Brings about what the request needs; what it returns takes the place of what stands here. */
  readonly prepare?: (world: ApiWorld) => Promise<Omit<Example, 'prepare' | 'inSession'> | undefined>;
  /** Brings about what only the session has that the person comes with: again after each sign-in. */
  readonly inSession?: (world: ApiWorld) => Promise<void>;
}
