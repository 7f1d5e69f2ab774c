import { Badge, Group, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { CodeText } from '../../components/code-text.tsx';
import { When } from '../../components/when.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import classes from './synchronization.module.css';

const words = synchronizationsWords.readNow;

type Scope = Schemas['Progress']['scopes'][number];

const colors = { pending: 'gray', read: 'green', failed: 'red' } as const;

/** Each list of the code host, and how far it is. */
export const ScopeStates = ({ scopes }: { readonly scopes: readonly Scope[] }) => (
  <ul className={classes.rows}>
    {scopes.map((scope) => (
      <li key={scope.scope}>
        <span>{synchronizationsWords.listOf(scope.scope)}</span>
        <Group gap="xs">
          <Detail scope={scope} />
          <State scope={scope} />
        </Group>
      </li>
    ))}
  </ul>
);

function State({ scope: { outcome, runningSince } }: { readonly scope: Scope }) {
  const isBeingRead = outcome === 'pending' && runningSince !== undefined;
  return (
    <Badge variant="dot" color={isBeingRead ? 'blue' : colors[outcome]}>
      {isBeingRead ? words.reading : words.outcomes[outcome]}
    </Badge>
  );
}

/** What went wrong, and how far it is. */
const Detail = ({ scope: { failure, reading, notBefore, outcome } }: { readonly scope: Scope }) => (
  <Text size="xs" c="dimmed" component="span">
    {failure !== undefined && (
      <>
        {synchronizationsWords.outcomeOf(failure.code)}: <CodeText text={failure.message} />{' '}
        {outcome === 'pending' && words.retried}{' '}
      </>
    )}
    {reading !== undefined && words.entries(reading.read, reading.total)}
    {notBefore !== undefined && (
      <>
        {words.notBefore} <When at={notBefore} />
      </>
    )}
  </Text>
);
