import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circlesOf, reachableFrom } from './circles.ts';
import { componentOf, everyForge, layers } from './layers.ts';
import { type Import, isTest, readSource, sourceFiles, sourceImports, within } from './source-imports.ts';

/** Who may import whom. Each rule states its reason, since a failing one has to convince somebody. */

const isOurs = within('console', 'events', 'functions', 'infra', 'local', 'shared', 'test', 'tools');
const part = (path: string, place: number): string => path.split('/')[place] ?? '';

function broken(rule: (one: Import) => boolean, imports = sourceImports): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

const isAdapter = (path: string): boolean => /^shared\/forge\/[^/]+\//.test(path);
const isOfAnotherForge = ({ from, to }: Import): boolean =>
  isAdapter(from) && isAdapter(to) && part(from, 2) !== part(to, 2);
const isOfWhatIsNotDeployed = ({ from, to }: Import): boolean =>
  within('shared', 'functions', 'events', 'console')(from) &&
  !isTest(from) &&
  within('local', 'test', 'infra', 'tools')(to);
const levels = new Map(
  layers.flatMap(({ components }, level) => components.map((component) => [component, level] as const)),
);
const levelOf = (path: string): number => levels.get(componentOf(path)) ?? Number.NaN;
// A test may import what the unit beside it must not.
const isNotBelow = ({ from, to }: Import): boolean =>
  within('shared')(from) &&
  !isTest(from) &&
  within('shared')(to) &&
  componentOf(from) !== componentOf(to) &&
  levelOf(from) <= levelOf(to);

/** Imports as a graph of files or of what contains them. */
function arrowsBetween(nodeOf: (path: string) => string, counts: (one: Import) => boolean) {
  const arrows = new Map<string, Set<string>>();
  for (const one of sourceImports.filter(({ to }) => isOurs(to)).filter(counts)) {
    const [from, to] = [nodeOf(one.from), nodeOf(one.to)];
    if (from !== to) {
      arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return arrows;
}

describe('who may import whom', () => {
  it('finds imports at all', () => {
    expect(sourceImports.length).toBeGreaterThan(300);
    expect(sourceImports).toContainEqual({
      from: 'functions/publish-access/handler.ts',
      to: 'shared/publish/publish-access.ts',
    });
  });

  it.each(['shared/domain', 'shared/composer'])('%s is pure: it imports nothing else of ours', (folder) => {
    expect(broken(({ from, to }) => within(folder)(from) && isOurs(to) && !within(folder)(to))).toEqual([]);
  });

  it('shared/runtime imports the domain alone: it is in every function, whatever else that has', () => {
    expect(
      broken(
        ({ from, to }) =>
          within('shared/runtime')(from) &&
          isOurs(to) &&
          !within('shared/runtime', 'shared/domain')(to) &&
          !isTest(from),
      ),
    ).toEqual([]);
  });

  it('one file puts middleware around handlers, so that every function has the same', () => {
    expect(
      broken(({ from, to }) => to.startsWith('@middy/') && from !== 'shared/runtime/function-handler.ts'),
    ).toEqual([]);
    const handlers = sourceFiles.filter((file) => /^functions\/[^/]+\/handler\.ts$/.test(file));
    const kinds = /^shared\/runtime\/(?:app|http|invoke|queue|schedule)-handler\.ts$/;
    const without = handlers.filter(
      (file) => !sourceImports.some(({ from, to }) => from === file && kinds.test(to)),
    );
    expect(handlers.length).toBeGreaterThan(10);
    expect(without).toEqual([]);
  });

  it('nothing in shared imports schemas of queue messages: functions send and receive those', () => {
    expect(broken(({ from, to }) => within('shared')(from) && within('events')(to))).toEqual([]);
    expect(
      broken(
        ({ from, to }) => within('events')(from) && isOurs(to) && !within('events', 'shared/domain')(to),
      ),
    ).toEqual([]);
  });

  it('only the list of forges imports an adapter: everything else uses the port', () => {
    expect(
      broken(
        ({ from, to }) =>
          within('shared', 'functions', 'infra', 'events')(from) &&
          isAdapter(to) &&
          part(from, 2) !== part(to, 2) &&
          from !== everyForge &&
          !isTest(from),
      ),
    ).toEqual([]);
  });

  it('an adapter never imports another adapter: shared code belongs beside them', () => {
    expect(broken(isOfAnotherForge)).toEqual([]);
  });

  it('a function never imports another function: each is deployed by itself', () => {
    expect(
      broken(
        ({ from, to }) =>
          within('functions')(from) && within('functions')(to) && part(from, 1) !== part(to, 1),
      ),
    ).toEqual([]);
  });

  it("the folders of shared/sync import in one direction, and nothing of owners' use cases", () => {
    const arrows: Readonly<Record<string, readonly string[]>> = {
      run: ['plan'],
      webhooks: ['plan'],
      schedule: ['run', 'webhooks'],
    };
    const inSync = within('shared/sync');
    expect(
      broken(({ from, to }) => {
        const [own, other] = [part(from, 2), part(to, 2)];
        return inSync(from) && inSync(to) && own !== other && !arrows[own]?.includes(other);
      }),
    ).toEqual([]);
    expect(broken(({ from, to }) => inSync(from) && within('shared/organizations')(to))).toEqual([]);
  });

  it('infra imports nothing that runs: only files that import nothing', () => {
    const importFree = [
      'shared/runtime/environment.ts',
      'shared/runtime/time-limits.ts',
      'shared/store/keys.ts',
      'shared/publish/object-keys.ts',
    ];
    expect(
      broken(
        ({ from, to }) =>
          within('infra')(from) && isOurs(to) && !within('infra')(to) && !importFree.includes(to),
      ),
    ).toEqual([]);
    expect(broken(({ from }) => importFree.includes(from))).toEqual([]);
  });

  it('nothing that is deployed imports local, test, infra or tools', () => {
    expect(broken(isOfWhatIsNotDeployed)).toEqual([]);
  });

  it('the console imports of ours what the API takes and answers, and the domain: it runs in a browser', () => {
    const mayImport = within('console', 'shared/console-api', 'shared/domain');
    expect(sourceFiles.filter(within('console')).length).toBeGreaterThan(50);
    expect(broken(({ from, to }) => within('console')(from) && isOurs(to) && !mayImport(to))).toEqual([]);
  });

  it('the toy forge, the example of a folder in shared/forge, follows the rules for one, and is small', () => {
    const folder = 'test/support/toy-forge';
    const moved = (path: string): string => path.replace(new RegExp(`^${folder}/`), 'shared/forge/toy/');
    const imports = sourceImports
      .filter(({ from }) => within(folder)(from))
      .map(({ from, to }) => ({ from: moved(from), to: moved(to) }));
    expect(imports.filter(({ to }) => isOurs(to)).length).toBeGreaterThan(5);
    for (const rule of [isOfAnotherForge, isOfWhatIsNotDeployed, isNotBelow]) {
      expect(broken(rule, imports)).toEqual([]);
    }
    const lines = sourceFiles
      .filter(within(folder))
      .flatMap((file) => readSource(file).trimEnd().split('\n'));
    expect(lines.length).toBeLessThan(300);
  });

  it('local does not import tools: they are built on it', () => {
    expect(broken(({ from, to }) => within('local')(from) && within('tools')(to))).toEqual([]);
  });

  it('local does not import tests, and tests beside deployed code do not import local', () => {
    expect(broken(({ from, to }) => within('local')(from) && !isTest(from) && within('test')(to))).toEqual(
      [],
    );
    expect(
      broken(({ from, to }) => within('shared', 'functions', 'events')(from) && within('local')(to)),
    ).toEqual([]);
  });
});

describe('the layers of shared', () => {
  it('has a place for every file', () => {
    const files = sourceFiles.filter(within('shared'));
    expect(files.filter((file) => Number.isNaN(levelOf(file)))).toEqual([]);
    expect([...levels.keys()].filter((one) => !files.some((file) => componentOf(file) === one))).toEqual([]);
  });

  it.each(layers.map(({ components, why }) => [components.join(', '), why, components] as const))(
    '%s: imports only what is below it, since this is %s',
    (_, __, components) => {
      expect(broken((one) => components.includes(componentOf(one.from)) && isNotBelow(one))).toEqual([]);
    },
  );
});

/** Code in a cycle can only be understood, moved and tested as a whole. */
describe('no circle', () => {
  it('of files', () => {
    expect(
      circlesOf(
        arrowsBetween(
          (path) => path,
          () => true,
        ),
      ),
    ).toEqual([]);
  });

  it('of components', () => {
    expect(circlesOf(arrowsBetween(componentOf, ({ from }) => !isTest(from)))).toEqual([]);
  });
});

describe('the picture of the layers', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const lines = (/```mermaid\nflowchart TD\n([^`]*)```/.exec(text)?.[1] ?? '').split('\n');
  const names = new Map(
    lines.flatMap((line) => {
      const [, id, name] = /^ {2}(\w+)\["([^"]+)"\]$/.exec(line) ?? [];
      return id === undefined || name === undefined ? [] : [[id, name] as const];
    }),
  );
  const drawn = new Map(
    lines.flatMap((line) => {
      const [, from = '', to = ''] = /^ {2}(\w+) --> (\w+(?: & \w+)*)$/.exec(line) ?? [];
      const name = names.get(from);
      return name === undefined
        ? []
        : [[name, new Set(to.split(' & ').map((id) => names.get(id) ?? id))] as const];
    }),
  );
  const real = arrowsBetween(componentOf, ({ from, to }) => !isTest(from) && within('shared')(to));

  it('shows every component', () => {
    const all = layers.flatMap(({ components }) => components);
    expect([...names.values()].sort()).toEqual(['functions', ...all].sort());
  });

  it('has only arrows that stand for imports', () => {
    const wrong = [...drawn].flatMap(([from, tos]) =>
      [...tos].filter((to) => real.get(from)?.has(to) !== true).map((to) => `${from} imports no ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has a path for every import', () => {
    const missing = [...names.values()].flatMap((from) =>
      [...(real.get(from) ?? [])]
        .filter((to) => !reachableFrom(drawn, from).has(to))
        .map((to) => `${from} imports ${to}`),
    );
    expect(missing).toEqual([]);
  });
});
