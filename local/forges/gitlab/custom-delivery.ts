/**
 * What whoever manages a hook may make of its deliveries: a body of his own, further headers, and fewer branches.
 *
 * https://docs.gitlab.com/user/project/integrations/webhooks/ and gitlabhq: app/services/web_hook_service.rb
 */
import type { Hook } from './state.ts';

/** The value at a path of keys, such as `project.id`. */
const valueAt = (payload: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      payload,
    );

/** The text between quotes for a string, and JSON for anything else. */
function inserted(value: unknown): string {
  const json = JSON.stringify(value ?? null);
  return typeof value === 'string' ? json.slice(1, -1) : json;
}

/** @returns undefined when the hook's template gives no JSON */
export function customBody({ customTemplate }: Hook, payload: object): string | undefined {
  if (customTemplate === undefined) return JSON.stringify(payload);
  const rendered = customTemplate.replaceAll(/{{(.+?)}}/g, (_, path: string) =>
    inserted(valueAt(payload, path)),
  );
  try {
    return JSON.stringify(JSON.parse(rendered));
  } catch {
    return undefined;
  }
}

/** The hook's own headers, without those that GitLab sets. */
export function customHeaders(hook: Hook | undefined, own: Readonly<Record<string, string>>) {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  return Object.fromEntries(
    Object.entries(hook?.customHeaders ?? {}).filter(([name]) => !names.has(name.toLowerCase())),
  );
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#filter-push-events-by-branch */
export function passesFilter({ branchFilter = '', branchFilterStrategy }: Hook, branch: string): boolean {
  if (branchFilter === '' || branchFilterStrategy === 'all_branches') return true;
  if (branchFilterStrategy === 'regex') return new RegExp(branchFilter).test(branch);
  const parts = branchFilter.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(branch);
}
