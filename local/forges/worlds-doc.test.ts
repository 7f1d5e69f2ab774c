import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bitbucketChangeNames } from './bitbucket/changes.ts';
import { bitbucketFaultKinds } from './bitbucket/fault-kinds.ts';
import { changeNames } from './github/changes.ts';
import { gitHubFaultKinds } from './github/fault-kinds.ts';
import { gitLabChangeNames } from './gitlab/changes.ts';
import { gitLabFaultKinds } from './gitlab/fault-kinds.ts';
import { parseWorld } from './world/read-world.ts';
import schema from './world/world.schema.json' with { type: 'json' };

const text = readFileSync(new URL('../../docs/worlds.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, example = '']) => example);

describe('docs/worlds.md', () => {
  it.each(examples.map((example, index) => [index + 1, example] as const))(
    'example %i is a valid world',
    (_number, example) => {
      expect(() => parseWorld(example, 'example')).not.toThrow();
    },
  );

  it('has examples, and explains every key of the schema', () => {
    expect(examples.length).toBeGreaterThan(1);
    const keysOf = (node: unknown): string[] =>
      typeof node !== 'object' || node === null
        ? []
        : Object.entries(node).flatMap(([key, child]) => [
            ...(key === 'properties' ? Object.keys(child) : []),
            ...keysOf(child),
          ]);
    const explained = new Set([...text.matchAll(/`(\w+)`/g)].map(([, word]) => word));
    const inExamples = (key: string): boolean =>
      examples.some((example) => new RegExp(`\\b${key}:`).test(example));
    // The parts of a tag series and of a symbolic link are explained with their forms.
    const forms = ['minors', 'patches', 'symlink'];
    const keys = [...new Set(keysOf(schema))];
    expect(keys.filter((key) => !forms.includes(key) && !explained.has(key))).toEqual([]);
    expect(keys.filter((key) => !inExamples(key) && !['git'].includes(key))).toEqual([]);
  });

  it('names every change and every fault, and no others', () => {
    const rows = (heading: string) => {
      const [section = ''] = text.slice(text.indexOf(`## ${heading}`) + 3).split('\n## ');
      return [...section.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) =>
        [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
      );
    };
    expect(rows('While it runs').sort()).toEqual([...changeNames, ...gitHubFaultKinds].sort());
    const own = (kinds: readonly string[]): string[] =>
      kinds.filter((kind) => !gitHubFaultKinds.some((other) => other === kind));
    expect(rows('The simulated GitLab').sort()).toEqual(
      [...gitLabChangeNames, ...own(gitLabFaultKinds)].sort(),
    );
    expect(rows('The simulated Bitbucket').sort()).toEqual(
      [...bitbucketChangeNames, ...own(bitbucketFaultKinds)].sort(),
    );
  });

  it('quotes a message exactly', () => {
    const message = /^world\.yaml:\d+: (.*)$/m.exec(text)?.[1];
    const broken = examples[0]?.replace('bob: pending', 'bob: boss') ?? '';
    expect(() => parseWorld(broken, 'world.yaml')).toThrow(message ?? 'nothing shown');
  });
});
