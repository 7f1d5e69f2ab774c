import { Alert, Badge, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client.ts';
import { CodeText } from '../../../components/code-text.tsx';
import { Facts } from '../../../components/facts.tsx';
import { hostOf } from '../../../components/host.ts';
import { Icon } from '../../../components/icon.tsx';
import { AnchorLink, ButtonLink } from '../../../components/link.tsx';
import { When } from '../../../components/when.tsx';
import { credentialsWords as words } from '../../../words/credentials.ts';
import { cautionQuery } from '../queries.ts';
import classes from './credentials.module.css';

type Connection = Schemas['Connection'];

interface ConnectionCardProps {
  readonly slug: string;
  readonly connection: Connection;
  /** Whether there is something to replace it with. */
  readonly isReplaceable: boolean;
  /** Undefined if nothing says it. */
  readonly provided: Schemas['HistoryEntry'] | undefined;
}

/** What a code host is read with, whether that works, and what an owner has to do. */
export function ConnectionCard({ slug, connection, isReplaceable, provided }: ConnectionCardProps) {
  const { usedBy, baseUrl, state, advice, limits, unneeded } = connection;
  const isWorking = state === 'working';
  return (
    <section className={classes.card} aria-label={usedBy.login}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Group gap="xs">
          <AnchorLink
            to="/o/$slug/synchronizations/$synchronization"
            params={{ slug, synchronization: usedBy.synchronization }}
            fw={600}
          >
            {usedBy.login}
          </AnchorLink>
          <Text size="sm" c="dimmed">
            {hostOf(baseUrl)}
          </Text>
          <Badge variant="dot" color={isWorking ? 'green' : 'red'}>
            {words.states[state] ?? state}
          </Badge>
        </Group>
        {isReplaceable && (
          <ButtonLink
            to="/o/$slug/settings/credentials/$synchronization"
            params={{ slug, synchronization: usedBy.synchronization }}
            variant={isWorking ? 'default' : 'filled'}
            size="xs"
            aria-label={words.replace.of(usedBy.login)}
          >
            {words.replace.action}
          </ButtonLink>
        )}
      </Group>
      {advice !== undefined && (
        <Alert variant="light" color={isWorking ? 'yellow' : 'red'} icon={<Icon name="warning" />}>
          <Stack gap={4}>
            <Text size="sm">
              <CodeText text={advice} />
            </Text>
            {!isWorking && <Meanwhile slug={slug} synchronization={usedBy.synchronization} />}
          </Stack>
        </Alert>
      )}
      <Facts facts={factsOf(connection, provided)} />
      <Notes title={words.limits} notes={limits} />
      <Notes title={words.unneeded} notes={unneeded} />
    </section>
  );
}

function factsOf(connection: Connection, provided: ConnectionCardProps['provided']) {
  const { kind, checkedAt, expiresAt, contents, scopes } = connection;
  return [
    { name: words.facts.kind, value: words.kinds[kind] },
    ...(provided === undefined
      ? []
      : [
          {
            name: words.facts.provided,
            value: <Provided entry={provided} />,
          },
        ]),
    { name: words.facts.checked, value: <When at={checkedAt} otherwise={words.facts.never} /> },
    {
      name: words.facts.ends,
      value: (
        <When at={expiresAt} otherwise={kind === 'oauth-grant' ? words.facts.renewed : words.facts.noEnd} />
      ),
    },
    ...(contents === undefined
      ? []
      : [{ name: words.facts.contents, value: words.facts.contentsStates[contents.state] }]),
    ...(scopes.length === 0
      ? []
      : [
          {
            name: words.facts.scopes,
            value: (
              <Group gap={4}>
                {scopes.map((scope) => (
                  <Code key={scope}>{scope}</Code>
                ))}
              </Group>
            ),
          },
        ]),
  ];
}

const Provided = ({ entry: { at, actor, by } }: { readonly entry: Schemas['HistoryEntry'] }) => (
  <span>
    <When at={at} /> {words.facts.by(actor?.kind === 'operator' ? words.facts.operator : by)}
  </span>
);

const Notes = ({ title, notes }: { readonly title: string; readonly notes: readonly string[] }) =>
  notes.length === 0 ? null : (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      <ul className={classes.notes}>
        {notes.map((note) => (
          <li key={note}>
            <CodeText text={note} />
          </li>
        ))}
      </ul>
    </div>
  );

/** What becomes of rights while nothing is read. */
function Meanwhile({ slug, synchronization }: { readonly slug: string; readonly synchronization: string }) {
  const caution = useQuery(cautionQuery(slug, synchronization)).data;
  return caution === undefined ? null : (
    <Text size="sm">{words.meanwhile.dead(caution.data.suspendAfterDays)}</Text>
  );
}
