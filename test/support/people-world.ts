/** A small GitHub on which one organization is connected from the start, and people own others that nobody has connected. */
import { parseWorld } from '../../local/forges/world/read-world.ts';
import type { World } from '../../local/forges/world/world.ts';

const text = `
users:
  - { login: alice, name: Alice Ames }
  - { login: ann, name: Ann Archer }
  - { login: ann-private }
  - { login: bob, name: Bob Brook }
  - { login: rita, name: Rita Rocket }
  - { login: sam, name: Sam Studio }

organizations:
  - login: acme
    name: Acme
    basePermission: read
    members: { alice: owner, ann: member, bob: member }
    installation: { repositories: all }
    repositories:
      - name: billing
        history:
          - manifest: { name: acme/billing, description: Invoices, license: proprietary }
            tags: [1.0.0]

  - login: rocket
    name: Rocket
    basePermission: read
    members: { rita: owner, ann-private: member }
    repositories:
      - name: engine
        history:
          - manifest: { name: rocket/engine, description: Burns fuel, license: proprietary }
            tags: [1.0.0, 1.1.0]

  - login: studio
    name: Studio
    members: { sam: owner }
    repositories:
      - name: brush
        history:
          - manifest: { name: studio/brush, description: Paints, license: proprietary }
            tags: [2.0.0]
`;

export const peopleWorld = (): World => parseWorld(text, 'people-world');
