import { z } from 'zod';
import { createApp } from './app-identity.ts';
import type { App, GitHubState } from './state.ts';

/** https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters */
export const Manifest = z.object({
  name: z.string().min(1).max(34),
  url: z.url(),
  hook_attributes: z.object({ url: z.url(), active: z.boolean().default(true) }).optional(),
  redirect_url: z.url(),
  callback_urls: z.array(z.url()).max(10).default([]),
  setup_url: z.url().optional(),
  public: z.boolean().default(false),
  default_events: z.array(z.string()).default([]),
  default_permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])).default({}),
});
export type Manifest = z.infer<typeof Manifest>;

export interface Registrations {
  /** @returns the code for `convert`, valid once, within an hour */
  offer(manifest: Manifest): string;
  /**
   * Creates the App. The simulated GitHub has only one, so it replaces the previous App, whose installations and tokens end.
   */
  convert(code: string): Promise<App | undefined>;
}

const CODE_LIFETIME_MS = 60 * 60 * 1000;

export function createRegistrations(deps: {
  readonly state: GitHubState;
  now(): number;
  random(bytes: number): Uint8Array;
  /** Called after the App was replaced. */
  replaced(): Promise<void>;
}): Registrations {
  const { state } = deps;
  const offers = new Map<string, { readonly manifest: Manifest; readonly expiresAt: number }>();
  return {
    offer(manifest) {
      const code = Buffer.from(deps.random(20)).toString('hex');
      offers.set(code, { manifest, expiresAt: deps.now() + CODE_LIFETIME_MS });
      return code;
    },
    async convert(code) {
      const offer = offers.get(code);
      offers.delete(code);
      if (offer === undefined || offer.expiresAt <= deps.now()) return undefined;
      state.app = appOf(offer.manifest, state.nextId++, deps.random);
      state.installations.clear();
      await deps.replaced();
      return state.app;
    },
  };
}

function appOf(manifest: Manifest, id: number, random: (bytes: number) => Uint8Array): App {
  const { name, hook_attributes: hook, setup_url: setupUrl } = manifest;
  return createApp(random, {
    id,
    name,
    slug: name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
    callbackUrls: manifest.callback_urls,
    ...(setupUrl !== undefined && { setupUrl }),
    ...(hook?.active && { webhookUrl: hook.url }),
    events: manifest.default_events,
    permissions: { ...manifest.default_permissions, metadata: 'read' },
  });
}
