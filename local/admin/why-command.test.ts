import { expect, it } from 'vitest';
import { readFlags } from './calls.ts';
import { whyCommands } from './why-command.ts';

/** Carries the command out with this answer. */
async function why(answer: unknown, ...args: string[]) {
  const { values: flags, positionals } = readFlags(args);
  const asked: unknown[] = [];
  const invoke = async (_: string, input: unknown) => {
    asked.push(input);
    return answer;
  };
  const printed = await whyCommands.why?.({
    ...{ client: { invoke }, slug: 'acme', rest: positionals, flags, progress: () => {} },
  });
  return { lines: printed?.lines, asked };
}

const team = { id: 't.s.1', name: 'Backend' };
const paths = [
  { through: 'team', permission: 'push', team, inheritedFrom: { id: 't.s.2', name: 'Engineering' } },
  { through: 'collaborator', permission: 'admin' },
  { through: 'base-permission', permission: 'read' },
];
const none = { owners: [], teams: [] };

it('says by what a person may install a package', async () => {
  const answer = { name: 'acme/one', mayInstall: true, paths, missing: [], couldGive: none };
  const { lines, asked } = await why(answer, 'acme/one', '--member', 'ann');
  expect(asked).toEqual([{ slug: 'acme', package: 'acme/one', member: 'ann', token: undefined }]);
  expect(lines).toEqual([
    'ann may install acme/one',
    '  team Backend (push) inherited from Engineering',
    '  permission on the repository (admin)',
    '  base-permission (read)',
  ]);
});

it('says what a person is in a team where members have levels, and who inherits its members', async () => {
  const [acme, east] = [
    { ...team, name: 'Acme' },
    { ...team, name: 'East' },
  ];
  const ways = [
    { through: 'team', level: 'Reporter', team: acme, inheritedFrom: { ...team, name: 'Platform' } },
    { through: 'team', level: 'Developer', permission: 'Reporter', team: east },
  ];
  const answer = { name: 'acme/one', mayInstall: true, paths: ways, missing: [], couldGive: none };
  expect((await why(answer, 'acme/one', '--member', 'ann')).lines?.slice(1)).toEqual([
    '  team Acme (Reporter there), inherited by Platform',
    '  team East (Developer there, at most Reporter)',
  ]);
});

it('says what is missing, and who could give it', async () => {
  const couldGive = { owners: ['alice'], teams: [team] };
  const missing = ['no-right', 'of-later'];
  const answer = { name: 'acme/one', mayInstall: false, paths: [], missing, couldGive };
  expect((await why(answer, 'acme/one', '--member', 'bob')).lines).toEqual([
    'bob may not install acme/one',
    '  has no right to read the repository',
    '  of-later',
    'an owner could change that on the code host: alice',
    'members of these teams may install it: Backend',
  ]);
});

it('lists who may install a package, what a person may install, and what a token reads', async () => {
  const readers = { teams: [team], isPublic: false, people: [{ login: 'ann', paths }] };
  expect((await why(readers, 'acme/one')).lines).toEqual([
    '1 person may install acme/one',
    '  ann: team Backend (push) inherited from Engineering; permission on the repository (admin); base-permission (read)',
    'tokens of these teams read it: Backend',
    'tokens of the whole organization read every package',
  ]);
  const packages = { packages: [{ name: 'acme/one', paths: [{ through: 'owner' }] }] };
  expect((await why(packages, '--member', 'alice')).lines).toEqual([
    'alice reads 1 package',
    '  acme/one: owner',
  ]);
  expect((await why(packages, '--id', 't1')).lines?.[0]).toBe('token t1 reads 1 package');
});

it.each([[[]], [['acme/one', '--id', 't1']], [['--member', 'ann', '--id', 't1']]])(
  'asks for what it is about: %o',
  async (args) => {
    await expect(why({}, ...args)).rejects.toThrow('why needs a package, --member LOGIN or both');
  },
);
