import { expect, it } from 'vitest';
import { personLabel } from './found-people.ts';

const gitHub = { id: 'g', baseUrl: 'https://github.com' };
const gitLab = { id: 'l', baseUrl: 'https://gitlab.example:8443/' };

it('tells people of the same login apart by their code host, where there are several', () => {
  expect(personLabel({ login: 'bob', synchronization: 'g' }, [gitHub, gitLab])).toBe('bob · github.com');
  expect(personLabel({ login: 'bob', synchronization: 'l' }, [gitHub, gitLab])).toBe(
    'bob · gitlab.example:8443',
  );
  expect(personLabel({ login: 'bob', synchronization: 'g' }, [gitHub])).toBe('bob');
  expect(personLabel({ login: 'bob', synchronization: 'gone' }, [gitHub, gitLab])).toBe('bob');
});
