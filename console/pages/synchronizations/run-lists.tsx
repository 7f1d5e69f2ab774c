import { Badge, Group } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import type { Which } from './queries.ts';
import { isGood } from './run-text.ts';
import classes from './synchronization.module.css';

/** What a run read of the code host: of a run in which something failed or waits. */
export const RunLists = ({ run: { scopes }, ...which }: Which & { readonly run: Schemas['Run'] }) => (
  <section className={classes.panel} aria-label={words.run.lists}>
    <ul className={classes.rows} style={{ marginTop: 0 }}>
      {scopes.map(({ scope, outcome, held = 0, deferred = 0 }) => (
        <li key={scope}>
          <span>{words.listOf(scope)}</span>
          <Group gap="xs">
            {deferred > 0 && words.run.deferred(deferred)}
            {held > 0 && (
              <AnchorLink
                to="/o/$slug/synchronizations/$synchronization/held-removals"
                params={which}
                size="sm"
              >
                {words.heldShort(held)}
              </AnchorLink>
            )}
            <Badge variant="dot" color={isGood(outcome) ? 'green' : 'red'}>
              {words.outcomeOf(outcome)}
            </Badge>
          </Group>
        </li>
      ))}
    </ul>
  </section>
);
