import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';
import { When } from '../../components/when.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import { Counts } from './differences.tsx';
import classes from './synchronization.module.css';

interface FactsProps {
  readonly slug: string;
  readonly synchronization: Schemas['OverviewSynchronization'];
}

/** How old the rights are, when it was read and will be, and what is known by it. */
export function Facts({ slug, synchronization }: FactsProps) {
  const { id, rightsAsOf, lastRun, nextReadBy, hooks, counts, importProgress } = synchronization;
  const params = { slug, synchronization: id };
  return (
    <div>
      <dl className={classes.facts}>
        <Fact term={words.facts.rightsAsOf}>
          <When at={rightsAsOf} otherwise={words.notYet} />
        </Fact>
        <Fact term={words.facts.lastRun}>
          {lastRun === undefined ? (
            words.notYet
          ) : (
            <>
              <AnchorLink
                to="/o/$slug/synchronizations/$synchronization/runs/$run"
                params={{ ...params, run: String(lastRun.number) }}
                size="sm"
              >
                <When at={lastRun.started} />
              </AnchorLink>{' '}
              <Counts counts={lastRun.counts} />
            </>
          )}
        </Fact>
        <Fact term={words.facts.next}>
          <When at={nextReadBy} otherwise={words.byThen} />
        </Fact>
        <Fact term={words.facts.webhooks}>
          <AnchorLink to="/o/$slug/synchronizations/$synchronization/webhooks" params={params} size="sm">
            {hooks === undefined ? words.hooks.app : hooksText(hooks)}
          </AnchorLink>
        </Fact>
        <Fact term={words.facts.seen}>{words.seen(counts)}</Fact>
      </dl>
      {importProgress !== undefined && <Imported progress={importProgress} />}
    </div>
  );
}

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

export const hooksText = ({ working, notWorking, missing }: Schemas['HooksState']): string =>
  [
    ...(working > 0 || notWorking + missing === 0 ? [words.hooks.working(working)] : []),
    ...(notWorking > 0 ? [words.hooks.notWorking(notWorking)] : []),
    ...(missing > 0 ? [words.hooks.missing(missing)] : []),
  ].join(', ');

type ImportProgress = NonNullable<Schemas['Synchronization']['importProgress']>;

const Imported = ({ progress: { scanned, repositories, older } }: { readonly progress: ImportProgress }) => (
  <Text size="sm" c="dimmed" mt="xs" component="div">
    {words.imported(scanned, repositories)}
    {older !== undefined && (
      <>
        {' · '}
        {words.older(older.unread)} <When at={older.until} />
      </>
    )}
  </Text>
);
