import { expect, it } from 'vitest';
import { wayText } from './access-way.ts';

const synchronization = 's1';
const core = { id: 't.s1.1', name: 'Core' };

it.each([
  [{ through: 'owner', synchronization }, 'Owner of the organization'],
  [{ through: 'team', synchronization, team: core, permission: 'WRITE' }, 'Team Core (write)'],
  [{ through: 'team', synchronization, team: core, inheritedFrom: core }, 'Team Core'],
  [
    { through: 'team', synchronization, team: core, inheritedFrom: { id: 't.s1.2', name: 'Platform' } },
    'Team Core, from Platform',
  ],
  [{ through: 'role', synchronization, role: 'auditor' }, 'Role auditor'],
] as const)('says what gives the right: %o', (way, text) => {
  expect(wayText(way)).toBe(text);
});
