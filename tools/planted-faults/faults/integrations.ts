import type { PlantedFault } from '../plant.ts';

const parser = 'shared/forge/integrations.ts';
const parserTests = ['shared/forge/integrations.test.ts'];
const reader = 'shared/composition/integrations.ts';
const readerTests = ['shared/composition/integrations.test.ts'];

/** Faults of how an operator's secret and hooks let a forge in. */
export const integrationFaults: readonly PlantedFault[] = [
  {
    id: 'integrations-one-secret-for-two-hosts',
    proof: 'integrations',
    file: parser,
    find: 'webhookSecretsOf(other.integration).some(',
    replace: '[other.integration.secrets.webhookSecret].some(',
    tests: parserTests,
    standsFor: 'a delivery of one host that is taken for the other’s, by a secret from before',
  },
  {
    id: 'integrations-changed-secret-unseen',
    proof: 'integrations',
    file: reader,
    find: 'known !== undefined && now < askedAt + ageMaxMs',
    replace: 'known !== undefined && now >= askedAt',
    tests: readerTests,
    standsFor: 'a busy function that refuses what is signed with the new secret',
  },
  {
    id: 'integrations-forgotten-in-an-outage',
    proof: 'integrations',
    file: reader,
    find: 'if (known === undefined && error instanceof IntegrationsError) {',
    replace: 'if (error instanceof IntegrationsError) {',
    tests: readerTests,
    standsFor: 'a slip in the secret that stops every forge at once',
  },
  {
    id: 'integrations-one-log-stops-all',
    proof: 'integrations',
    file: 'shared/composition/forges.ts',
    find: '.filter(({ forge }) => moduleOf(forge).hasDeliveryLog)',
    replace: '',
    tests: ['shared/composition/forges.test.ts'],
    standsFor: 'a forge without a log that keeps deliveries of another from being caught up',
  },
  {
    id: 'integrations-hook-outlives',
    proof: 'integrations',
    file: 'shared/organizations/deletion/remove-synchronization.ts',
    find: 'if (hooks.length > 0) {',
    replace: 'if (hooks.length > hooksInPortion) {',
    tests: ['test/integration/toy-forge.test.ts'],
    standsFor: 'a hook, with its secret, that nobody finds any more',
  },
  {
    id: 'integrations-installation-of-any-host',
    proof: 'integrations',
    file: 'shared/store/installation-store.ts',
    find: 'found?.forge === host.forge && found.baseUrl === host.baseUrl',
    replace: 'found?.forge === host.forge',
    tests: ['shared/store/installation-store.test.ts'],
    standsFor: 'a host that takes over the installation with the same number on another',
  },
];
