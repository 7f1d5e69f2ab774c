import type { PlantedFault } from '../plant.ts';

const store = 'shared/store/credential-store.ts';
const storeTests = ['shared/store/credential-store.test.ts'];
const keyService = 'local/cloud/services/encryption-keys.ts';
const keyServiceTests = ['local/cloud/services/encryption-keys.test.ts'];

/** Faults of what is held to read a forge. */
export const credentialFaults: readonly PlantedFault[] = [
  {
    id: 'credentials-two-exchanges',
    proof: 'credentials',
    file: store,
    find: "any(missingOrLess('leaseUntil', now), equal('leaseId', leaseId)),",
    replace: "any(missingOrLess('leaseUntil', now + exchangeMaxMs + 1), equal('leaseId', leaseId)),",
    tests: storeTests,
    standsFor: 'two workers that hand in the same single-use token',
  },
  {
    id: 'credentials-late-store-wins',
    proof: 'credentials',
    file: store,
    find: "const other = await stored.write(set, equal('version', outdated.version));",
    replace: "const other = await stored.write(set, missingOrLess('rejectedUntil', 0));",
    tests: storeTests,
    only: 'late store',
    standsFor: 'a slow worker that puts an older pair over a newer one',
  },
  {
    id: 'credentials-rejection-of-another',
    proof: 'credentials',
    file: store,
    find: "all(equal('version', rejected.version), missingOrLess('leaseUntil', now)),",
    replace: "missingOrLess('leaseUntil', now),",
    tests: storeTests,
    only: 'its own value only',
    standsFor: 'a late 401 for an old token that kills the new one',
  },
  {
    id: 'credentials-key-asked-for-late',
    proof: 'credentials',
    file: store,
    find: 'const leaseId = dependencies.newLeaseId();',
    replace:
      "const leaseId = dependencies.newLeaseId();\n      await stored.write({ leaseId, leaseUntil: stored.now() + exchangeMaxMs }, equal('version', outdated.version));\n      await stored.prepare();",
    tests: storeTests,
    standsFor: 'what fails after the lease was taken keeps the others from trying',
  },
  {
    id: 'credentials-bound-to-nothing',
    proof: 'credentials',
    file: 'shared/runtime/cipher.ts',
    find: '.setAAD(contextBytes(context));\n      plain',
    replace: '.setAAD(contextBytes({}));\n      plain',
    tests: ['shared/runtime/cipher.test.ts'],
    standsFor: 'a text that its context is not bound to',
  },
  {
    id: 'credentials-context-ignored',
    proof: 'credentials',
    file: keyService,
    find: 'JSON.stringify([id, entries])',
    replace: 'JSON.stringify([id, entries.length])',
    tests: keyServiceTests,
    standsFor: 'a key service that does not look at the encryption context',
  },
  {
    id: 'credentials-old-material-lost',
    proof: 'credentials',
    file: keyService,
    find: 'materials: [createMaterial(), ...key.materials]',
    replace: 'materials: [createMaterial()]',
    tests: keyServiceTests,
    standsFor: 'a rotated key that what was encrypted before cannot be read with',
  },
];
