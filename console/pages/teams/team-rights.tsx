import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { teamsWords } from '../../words/teams.ts';
import { teamKey, teamRightsQuery, teamsKey } from './queries.ts';

type Right = Schemas['DelegatedRight'];

const words = teamsWords.rights;
const all = ['manage-packages', 'add-packages'] as const satisfies readonly Right[];

interface PanelProps {
  readonly slug: string;
  readonly team: Schemas['Team'];
}

/** What owners leave to a team, besides what its members may install. */
export function TeamRights({ slug, team }: PanelProps) {
  const query = useQuery(teamRightsQuery(slug, team.id));
  return (
    <Loaded query={query} skeleton={<LoadingRows count={3} />}>
      {({ data, etag }) => <Form key={etag} slug={slug} team={team} rights={data.rights} etag={etag} />}
    </Loaded>
  );
}

interface FormProps extends PanelProps {
  readonly rights: readonly Right[];
  readonly etag: string;
}

/** Begins anew when somebody else changed them. */
function Form({ slug, team, rights, etag }: FormProps) {
  const [chosen, setChosen] = useState<readonly Right[]>(rights);
  const change = useChange({
    send: (next: readonly Right[]) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/teams/{id}/rights', {
          params: { path: { slug, id: team.id }, header: { 'if-match': etag } },
          body: { rights: [...next] },
        }),
      ),
    refreshes: [teamKey(slug, team.id), teamsKey(slug)],
    onDone: () => notifyDone(words.done(team.name)),
  });
  const isChanged = all.some((right) => rights.includes(right) !== chosen.includes(right));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(chosen);
      }}
    >
      <Stack maw="42rem">
        <Text size="sm" c="dimmed">
          {team.from === 'here' ? words.aboutOwn : words.about}
        </Text>
        {all.map((right) => (
          <Checkbox
            key={right}
            label={words.rights[right].label}
            description={words.rights[right].text}
            checked={chosen.includes(right)}
            onChange={({ currentTarget: { checked } }) =>
              setChosen((before) => (checked ? [...before, right] : before.filter((one) => one !== right)))
            }
          />
        ))}
        <ProblemAlert error={change.error} />
        <Group>
          <Button type="submit" disabled={!isChanged} loading={change.isPending}>
            {words.save}
          </Button>
          {isChanged && (
            <Button variant="subtle" color="gray" onClick={() => setChosen(rights)}>
              {words.undo}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
