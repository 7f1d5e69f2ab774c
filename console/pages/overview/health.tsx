import { Badge, Group, Progress, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { hostOf } from '../../components/host.ts';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { overviewWords } from '../../words/overview.ts';
import classes from './overview-page.module.css';

const words = overviewWords.health;
const colors = {
  importing: 'blue',
  working: 'green',
  'credential-problem': 'red',
  suspended: 'red',
} as const;

interface HealthProps {
  readonly slug: string;
  readonly overview: Schemas['Overview'];
}

/** How each synchronization is: how old the rights are, when it was read and will be. */
export function Health({ slug, overview: { synchronizations } }: HealthProps) {
  if (synchronizations.length === 0) {
    return (
      <Empty
        icon="sync"
        title={words.none.title}
        text={words.none.text}
        action={
          <ButtonLink to="/o/$slug/synchronizations" params={{ slug }} variant="default" mt="xs">
            {words.none.action}
          </ButtonLink>
        }
      />
    );
  }
  return (
    <ul className={classes.list}>
      {synchronizations.map((one) => (
        <li key={one.id}>
          <One slug={slug} synchronization={one} isOneOfSeveral={synchronizations.length > 1} />
        </li>
      ))}
    </ul>
  );
}

interface OneProps {
  readonly slug: string;
  readonly synchronization: Schemas['OverviewSynchronization'];
  readonly isOneOfSeveral: boolean;
}

function One({ slug, synchronization, isOneOfSeveral }: OneProps) {
  const { id, login, baseUrl, state, isPrimary, rightsAsOf, nextReadBy, importProgress, counts } =
    synchronization;
  return (
    <>
      <Group gap="xs">
        <AnchorLink
          to="/o/$slug/synchronizations/$synchronization"
          params={{ slug, synchronization: id }}
          fw={600}
        >
          {login}
        </AnchorLink>
        <Text size="sm" c="dimmed">
          {hostOf(baseUrl)}
        </Text>
        {isPrimary && isOneOfSeveral && (
          <Badge variant="light" color="gray">
            {words.primary}
          </Badge>
        )}
        <Badge variant={state === 'working' ? 'dot' : 'light'} color={colors[state]} ml="auto">
          {words.states[state]}
        </Badge>
      </Group>
      <dl className={classes.facts}>
        <div>
          <dt>{words.rightsAsOf}</dt>
          <dd>
            <When at={rightsAsOf} otherwise={words.never} />
          </dd>
        </div>
        <div>
          <dt>{words.lastRun}</dt>
          <dd>
            <LastRun slug={slug} synchronization={synchronization} />
          </dd>
        </div>
        <div>
          <dt>{words.nextRead}</dt>
          <dd>
            <When at={nextReadBy} otherwise={words.asSoonAsRead} />
          </dd>
        </div>
      </dl>
      <Text size="xs" c="dimmed" mt="xs">
        {words.seen(counts)}
      </Text>
      {importProgress !== undefined && <FirstImport progress={importProgress} />}
    </>
  );
}

function LastRun({ slug, synchronization: { id, lastRun } }: Omit<OneProps, 'isOneOfSeveral'>) {
  if (lastRun === undefined) {
    return words.never;
  }
  const { add, update, remove } = lastRun.counts;
  const changes = add + update + remove;
  return (
    <>
      <AnchorLink
        to="/o/$slug/synchronizations/$synchronization/runs/$run"
        params={{ slug, synchronization: id, run: String(lastRun.number) }}
        size="sm"
      >
        <When at={lastRun.started} />
      </AnchorLink>
      <Text size="xs" c="dimmed">
        {changes === 0 ? words.noChanges : words.changes(changes)}
      </Text>
    </>
  );
}

type ImportProgress = NonNullable<Schemas['OverviewSynchronization']['importProgress']>;

function FirstImport({ progress: { scanned, repositories } }: { readonly progress: ImportProgress }) {
  const text = words.scanned(scanned, repositories);
  return (
    <div>
      <Text size="xs" c="dimmed" mt="xs" mb={4}>
        {text}
      </Text>
      <Progress aria-label={text} value={repositories ? (100 * scanned) / repositories : 0} size="sm" />
    </div>
  );
}
