/**
 * The layers of `shared`, lowest first: each may import those before it in this list, and none after it. docs/architecture.md draws them.
 */
export interface Layer {
  /** Components of the layer, which do not import each other. */
  readonly components: readonly string[];
  readonly why: string;
}

/** The files that know every forge are a component of their own: they import the adapters, which import what is beside them. */
export const everyForge = 'shared/forge/modules.ts';
/** The adapter in each forge's folder. */
const adapters = 'shared/forge/*';

const componentOfFile: Readonly<Record<string, string>> = {
  [everyForge]: everyForge,
  'shared/forge/integrations.ts': everyForge,
};

/** The component that a file belongs to, a folder with all below it: `shared/sync/plan`, `local/cloud/services`, `functions`. */
export function componentOf(file: string): string {
  const folders = file.split('/').slice(0, -1);
  const [top = '', second = '', third] = folders;
  if (top === 'shared' && second === 'forge' && third !== undefined) {
    return adapters;
  }
  const depth = { shared: second === 'sync' ? 3 : 2, local: 3, test: 2, tools: 2 }[top] ?? 1;
  return componentOfFile[file] ?? folders.slice(0, depth).join('/');
}

export const layers: readonly Layer[] = [
  {
    components: ['shared/domain', 'shared/composer'],
    why: 'rules that nothing outside can change: no input, no output, no clock',
  },
  {
    components: ['shared/console-api'],
    why: 'what the API takes and answers: the console has it too, which runs in a browser',
  },
  {
    components: ['shared/runtime'],
    why: 'what every function is made of: handlers, clock, log, environment; it knows no table and no forge',
  },
  {
    components: ['shared/forge'],
    why: 'what a forge is to us, whichever it is',
  },
  {
    components: [adapters, 'shared/vcs'],
    why: 'the forges and version control systems, each behind the port; none knows the table, or another forge',
  },
  {
    components: [everyForge],
    why: 'the one place that lists the forges',
  },
  {
    components: ['shared/store'],
    why: 'the table; it keeps what the port gives, and decides nothing about it',
  },
  {
    components: ['shared/publish', 'shared/downloads', 'shared/sessions', 'shared/sync/plan'],
    why: 'use cases on the table alone: files and the edge, counts, sessions of people, what a read changes',
  },
  {
    components: [
      ...['shared/scan', 'shared/sign-in', 'shared/tokens'],
      ...['shared/sync/hooks', 'shared/sync/run', 'shared/sync/webhooks'],
    ],
    why: 'use cases that end in something to publish or in a plan, and the hooks that both begin with',
  },
  {
    components: ['shared/sync/schedule'],
    why: 'looks after everything above it, again and again',
  },
  {
    components: ['shared/organizations'],
    why: 'what owners do: it may ask for anything, and nothing asks for it',
  },
  {
    components: ['shared/composition'],
    why: 'puts clients, forges and stores together; only functions know it, so that every use case can be run with others',
  },
];
