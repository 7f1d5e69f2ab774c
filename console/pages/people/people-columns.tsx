import { Group, Text, VisuallyHidden } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import type { Column } from '../../components/data-table.tsx';
import { hostOf } from '../../components/host.ts';
import { AnchorLink } from '../../components/link.tsx';
import { PersonAvatar } from '../../components/person.tsx';
import { commonWords } from '../../words/common.ts';
import { peopleWords as words } from '../../words/people.ts';
import { ChangeState } from './change-state.tsx';
import { RemovePerson } from './remove-person.tsx';
import { StateBadge } from './state-badge.tsx';

export type Row = Schemas['Person'];
type Synchronizations = readonly Schemas['Synchronization'][] | undefined;

/** Whether something can be done about it in the list. */
const hasAction = ({ state, synchronization }: Row): boolean =>
  state === 'waiting' || synchronization === undefined;

/**
 * @param rows only where one of them needs it there is a column of what can be done, which a phone has hardly room for
 * @param synchronizations a login can be there on several code hosts; undefined until they are known
 */
export const columnsOf = (
  slug: string,
  rows: readonly Row[],
  synchronizations: Synchronizations,
): readonly Column<Row>[] => [
  ...factColumns(slug, synchronizations),
  ...(rows.some(hasAction) ? [actionColumn(slug)] : []),
];

const factColumns = (slug: string, synchronizations: Synchronizations): readonly Column<Row>[] => [
  {
    key: 'person',
    title: words.columns.person,
    cell: (row) => <PersonCell slug={slug} row={row} synchronizations={synchronizations} />,
  },
  {
    key: 'role',
    title: words.columns.role,
    width: 12,
    isWide: true,
    cell: ({ role }) => commonWords.roles[role],
  },
  {
    key: 'signed-in',
    title: words.columns.signedIn,
    width: 8,
    isWide: true,
    cell: ({ isKnown }) => (
      <Text size="sm" c={isKnown ? undefined : 'dimmed'}>
        {isKnown ? words.known : words.unknown}
      </Text>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    width: 7.5,
    isWide: true,
    cell: ({ state, invitationEndsAt }) => <StateBadge state={state} endsAt={invitationEndsAt} />,
  },
];

const actionColumn = (slug: string): Column<Row> => ({
  key: 'action',
  title: words.columns.action,
  heading: <VisuallyHidden>{words.columns.action}</VisuallyHidden>,
  width: 7.5,
  align: 'end',
  cell: ({ id, login, state, synchronization }) => (
    <>
      {state === 'waiting' && <ChangeState slug={slug} id={id} name={login} state={state} isSmall />}
      {synchronization === undefined && state !== 'waiting' && (
        <RemovePerson slug={slug} id={id} name={login} isInvited={state === 'invited'} />
      )}
    </>
  ),
});

interface PersonCellProps {
  readonly slug: string;
  readonly row: Row;
  readonly synchronizations: Synchronizations;
}

function PersonCell({ slug, row, synchronizations }: PersonCellProps) {
  const { id, login, state, synchronization } = row;
  return (
    <Group gap="sm" wrap="nowrap">
      <PersonAvatar name={login} size={28} />
      <div style={{ minWidth: 0, lineHeight: 1.3 }}>
        {state === 'invited' ? (
          <Text size="sm" truncate>
            {login}
          </Text>
        ) : (
          <AnchorLink
            to="/o/$slug/people/$person"
            params={{ slug, person: id }}
            size="sm"
            fw={500}
            truncate
            display="block"
          >
            {login}
          </AnchorLink>
        )}
        <Text size="xs" c="dimmed" truncate>
          {state !== 'active' && (
            <Text span inherit c="var(--mantine-color-text)" hiddenFrom="sm">
              {words.states[state]} ·{' '}
            </Text>
          )}
          {synchronization === undefined
            ? words.byHand
            : placeOf(synchronizations?.find((one) => one.id === synchronization))}
        </Text>
      </div>
    </Group>
  );
}

/** The organization there first: on a phone there may be room for no more. */
const placeOf = (one: Schemas['Synchronization'] | undefined): string =>
  one === undefined ? '\u00a0' : words.place(one.login, hostOf(one.baseUrl));
