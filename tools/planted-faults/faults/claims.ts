import type { PlantedFault } from '../plant.ts';

const rules = 'shared/domain/claim.ts';
const weigh = 'shared/sync/weigh-delivery.ts';
const walk = ['test/model/claims/walk.test.ts'];

/** Faults of what is withdrawn by an event before any read, and of what gives it back. */
export const claimsFaults: readonly PlantedFault[] = [
  {
    id: 'claims-ignored',
    proof: 'claims',
    file: 'shared/domain/access.ts',
    find: 'if (claims.length === 0) {',
    replace: 'if (claims.length >= 0) {',
    tests: walk,
    standsFor: 'a verified removal that waits for a read',
  },
  {
    id: 'claims-settled-early',
    proof: 'claims',
    file: rules,
    find: 'read.number > claim.number && read.startedAt >= claim.at + lagMs;',
    replace: 'read.number > claim.number;',
    tests: walk,
    standsFor: 'a read that lags behind the event and gives back what the event took',
  },
  {
    id: 'claims-hint-believed',
    proof: 'claims',
    file: weigh,
    find: 'if (!cameByItself || ',
    replace: 'if (',
    tests: walk,
    standsFor: 'a removal from the log of deliveries that takes the right of somebody who is back',
  },
  {
    id: 'claims-doubled-body-believed',
    proof: 'claims',
    file: weigh,
    find: 'if (body === undefined) {',
    replace: 'if (body === undefined || !body.contradicted) {',
    tests: walk,
    standsFor: 'a delivery that somebody sends again under another id, and that takes a right again',
  },
  {
    id: 'claims-contradiction-forgotten',
    proof: 'claims',
    file: weigh,
    find: ' && !body.contradicted',
    replace: '',
    tests: walk,
    standsFor: 'a delivery that was wrong once, and is believed each time it is sent again',
  },
  {
    id: 'claims-doubt-forgotten',
    proof: 'claims',
    file: 'shared/sync/plan.ts',
    find: 'if (!seen.has(key) && tombstone.inDoubt',
    replace: 'if (tombstone.observedAt < 0 && tombstone.inDoubt',
    tests: walk,
    standsFor: 'a right that a stale read took, and that comes back with the schedule only',
  },
  {
    id: 'claims-of-membership-alone',
    proof: 'claims',
    file: rules,
    find: 'return key === factKey(fact) || key === mainKeyOf(memberPart(fact.account));',
    replace: 'return key === factKey(fact);',
    tests: ['test/integration/narrowing.test.ts'],
    only: 'what he had himself',
    standsFor: 'somebody who left the organization and reads what he was given himself',
  },
  {
    id: 'claims-nobody-is-raised',
    proof: 'claims',
    file: 'shared/sync/claim-words.ts',
    find: '...concern.operations,',
    replace: '',
    tests: ['test/integration/narrowing.test.ts'],
    only: 'member removed from team',
    standsFor: 'a claim that nobody looks at before the next read',
  },
  {
    id: 'claims-views-widen-in-a-plan',
    proof: 'claims',
    file: 'shared/publish/publish-view.ts',
    find: 'const readable = mayWiden ? all : all.filter(',
    replace: 'const readable = mayWiden || all.length > 0 ? all : all.filter(',
    tests: ['test/integration/rights-held-back.test.ts'],
    standsFor: 'half of a plan that gives somebody what the whole takes',
  },
];
