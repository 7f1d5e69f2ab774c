/** What happens to hooks in the simulated GitLab. */
import { z } from 'zod';
import { fullPath } from '../../local/forges/gitlab/paths.ts';
import type { Hook } from '../../local/forges/gitlab/state.ts';
import { commitOn } from './commit-on.ts';
import type { HooksFixture, Spoiled } from './forge-contract/fixture.ts';
import { type GitLab, known } from './gitlab-fixture.ts';

const dayMs = 24 * 3600_000;

const spoils: Readonly<Record<Spoiled, (hook: Hook, now: number) => void>> = {
  'another address': (hook) => {
    hook.url = `${hook.url}/elsewhere`;
  },
  'no events': (hook) => hook.events.clear(),
  'no secret': (hook) => {
    delete hook.token;
    delete hook.signingToken;
  },
  'no check of certificates': (hook) => {
    hook.enableSslVerification = false;
  },
  'a pause after failures': (hook, now) => {
    hook.failures = 4;
    hook.disabledUntil = new Date(now + dayMs).toISOString();
  },
  'too many failures': (hook) => {
    hook.failures = 40;
  },
};

export function hooksFixture({ gitlab, simulator, clock }: GitLab): HooksFixture {
  const { state, changes } = simulator;
  return {
    url: gitlab.hookUrl,
    spoil: async (id, how) => spoils[how](known(state.hooks.get(Number(id))), clock.now()),
    async addForeign(place) {
      const on =
        place.on === 'organization' ? `/groups/${gitlab.group('acme').id}` : `/projects/${place.repository}`;
      const body = JSON.stringify({ url: 'https://chat.example/hook', push_events: true });
      const answer = await gitlab.api('alice', `${on}/hooks`, { method: 'POST', body });
      const { id } = z.object({ id: z.number() }).parse(await answer.json());
      return String(id);
    },
    async pushed(place, url) {
      await simulator.idle();
      gitlab.received.splice(0);
      const project =
        place.on === 'organization'
          ? gitlab.project('acme/core/clock')
          : known(state.projects.get(Number(place.repository)));
      const commit = await commitOn(project.gitDirectory, 'refs/heads/main', '{"name":"acme/hooked"}');
      const path = fullPath(state, project);
      await changes.run('set-refs', { project: path, refs: { 'refs/heads/main': commit } });
      await simulator.idle();
      const hook = [...state.hooks.values()].find((one) => one.url === url);
      return gitlab.received.filter(({ headers }) => headers['x-gitlab-webhook-uuid'] === hook?.uuid);
    },
  };
}
