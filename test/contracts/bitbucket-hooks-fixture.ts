/** What happens to hooks in the simulated Bitbucket. */
import { fullName } from '../../local/forges/bitbucket/find.ts';
import type { Hook } from '../../local/forges/bitbucket/state.ts';
import { type Bitbucket, known } from './bitbucket-fixture.ts';
import { commitOn } from './commit-on.ts';
import type { HooksFixture, Spoiled } from './forge-contract/fixture.ts';

/** Bitbucket disables no hook by itself, but people do. */
const off = (hook: Hook): void => {
  hook.active = false;
};

const spoils: Readonly<Record<Spoiled, (hook: Hook) => void>> = {
  'another address': (hook) => {
    hook.url = `${hook.url}/elsewhere`;
  },
  'no events': (hook) => hook.events.clear(),
  'no secret': (hook) => {
    delete hook.secret;
  },
  'no check of certificates': (hook) => {
    hook.skipsCertificates = true;
  },
  'a pause after failures': off,
  'too many failures': off,
};

export function hooksFixture({ cloud, simulator }: Bitbucket): HooksFixture {
  const { state, changes } = simulator;
  return {
    url: cloud.receiver.url,
    spoil: async (id, how) => spoils[how](known(state.hooks.get(id))),
    async addForeign(place) {
      const on =
        place.on === 'organization'
          ? '/2.0/workspaces/acme'
          : `/2.0/repositories/acme/${encodeURIComponent(place.repository)}`;
      const body = JSON.stringify({ url: 'https://chat.example/hook', events: ['repo:push'] });
      return (await cloud.json('alice', `${on}/hooks`, { method: 'POST', body })).body.uuid;
    },
    async pushed(place, url) {
      await simulator.idle();
      cloud.receiver.received.splice(0);
      const repository =
        place.on === 'organization'
          ? cloud.repository('acme/clock')
          : known(state.repositories.get(place.repository));
      const commit = await commitOn(repository.gitDirectory, 'refs/heads/main', '{"name":"acme/hooked"}');
      const refs = { 'refs/heads/main': commit };
      await changes.run('set-refs', { repository: fullName(state, repository), refs });
      await simulator.idle();
      const hook = [...state.hooks.values()].find((one) => one.url === url);
      return cloud.receiver.received.filter(({ headers }) => `{${headers['x-hook-uuid']}}` === hook?.uuid);
    },
  };
}
