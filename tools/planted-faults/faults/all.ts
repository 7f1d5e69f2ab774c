import type { PlantedFault } from '../plant.ts';
import { claimsFaults } from './claims.ts';
import { cloudFaults } from './cloud.ts';
import { composerFaults } from './composer.ts';
import { contractFaults } from './contract.ts';
import { credentialFaults } from './credentials.ts';
import { githubFaults } from './github.ts';
import { historyFaults } from './history.ts';
import { integrationFaults } from './integrations.ts';
import { layoutFaults } from './layouts.ts';
import { namesFaults } from './names.ts';
import { pinnedFaults } from './pinned.ts';
import { removalFaults } from './removal.ts';
import { rightsFaults } from './rights.ts';
import { rolesFaults } from './roles.ts';
import { synchronizationFaults } from './synchronization.ts';
import { webFaults } from './web.ts';
import { workFaults } from './work.ts';

/** Each is planted alone; none is there to stay. */
export const plantedFaults: readonly PlantedFault[] = [
  ...cloudFaults,
  ...webFaults,
  ...githubFaults,
  ...workFaults,
  ...credentialFaults,
  ...integrationFaults,
  ...contractFaults,
  ...removalFaults,
  ...rightsFaults,
  ...historyFaults,
  ...claimsFaults,
  ...synchronizationFaults,
  ...rolesFaults,
  ...layoutFaults,
  ...namesFaults,
  ...composerFaults,
  ...pinnedFaults,
];
