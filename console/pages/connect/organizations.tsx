import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { connectWords } from '../../words/connect.ts';
import { type ForgeOrganization, shownMax, shownOf } from './shown-organizations.ts';

const words = connectWords.choose;

interface OrganizationsProps {
  readonly host: Schemas['Integration'];
  readonly items: readonly ForgeOrganization[];
  readonly chosen: ForgeOrganization | undefined;
}

/** What the person owns on a code host: what can be connected comes first, and a long list can be searched. */
export function Organizations({ host, items, chosen }: OrganizationsProps) {
  const [searched, setSearched] = useState<string>();
  const { shown, count } = shownOf(items, searched);
  return (
    <Stack gap="sm" maw="44rem">
      {items.length > shownMax / 5 && (
        <Group gap="sm">
          <SearchField label={words.search} value={searched} onSearch={setSearched} />
          <Text size="sm" c="dimmed" role="status">
            {words.shown(shown.length, count)}
          </Text>
        </Group>
      )}
      <BorderedList label={words.title(host.name)}>
        {shown.map((one) => (
          <li key={one.id}>
            <Group justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text fw={600} truncate>
                  {one.login}
                </Text>
                {one.note !== undefined && (
                  <Text size="sm" c="dimmed">
                    {one.note}
                  </Text>
                )}
              </div>
              <Next host={host} one={one} isChosen={one === chosen} />
            </Group>
          </li>
        ))}
      </BorderedList>
    </Stack>
  );
}

interface NextProps {
  readonly host: Schemas['Integration'];
  readonly one: ForgeOrganization;
  readonly isChosen: boolean;
}

function Next({ host, one: { id, login, state, organization, installUrl }, isChosen }: NextProps) {
  if (state === 'ready') {
    return isChosen ? (
      <Text size="sm" c="dimmed">
        {words.chosen}
      </Text>
    ) : (
      <ButtonLink
        to="/organizations/new/$integration"
        params={{ integration: host.key }}
        search={{ organization: id }}
        variant="default"
        size="xs"
        aria-label={words.chooseOf(login)}
        flex="none"
      >
        {words.choose}
      </ButtonLink>
    );
  }
  if (organization !== undefined) {
    return (
      <AnchorLink to="/o/$slug" params={{ slug: organization }} size="sm" flex="none">
        {words.open(organization)}
      </AnchorLink>
    );
  }
  return installUrl === undefined ? null : (
    <Anchor href={installUrl} size="sm" flex="none">
      {words.install}
    </Anchor>
  );
}
