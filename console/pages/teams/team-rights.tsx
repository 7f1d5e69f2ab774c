import { Checkbox, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { LoadingRows } from '../../components/states.tsx';
import { teamsWords } from '../../words/teams.ts';
import type { Stored } from '../settings/draft.ts';
import { DraftForm } from '../settings/draft-form.tsx';
import { useDraftForm } from '../settings/use-draft-form.ts';
import { teamKey, teamRightsQuery, teamsKey } from './queries.ts';

type Rights = Schemas['TeamRights'];

const words = teamsWords.rights;
const all = ['manage-packages', 'add-packages'] as const satisfies Rights['rights'];

interface PanelProps {
  readonly slug: string;
  readonly team: Schemas['Team'];
}

/** What owners leave to a team, besides what its members may install. */
export function TeamRights({ slug, team }: PanelProps) {
  const query = useQuery(teamRightsQuery(slug, team.id));
  return (
    <Loaded query={query} skeleton={<LoadingRows count={3} />}>
      {(stored) => <Form slug={slug} team={team} stored={stored} />}
    </Loaded>
  );
}

function Form({ slug, team, stored }: PanelProps & { readonly stored: Stored<Rights> }) {
  const form = useDraftForm<Rights>({
    name: `${slug} team ${team.id} rights`,
    stored,
    send: ({ rights = [] }, etag) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/teams/{id}/rights', {
          params: { path: { slug, id: team.id }, header: { 'if-match': etag } },
          body: { rights },
        }),
      ),
    refreshes: [teamKey(slug, team.id), teamsKey(slug)],
    onDone: () => notifyDone(words.done(team.name)),
  });
  const { rights } = form.values;
  return (
    <DraftForm form={form} stored={stored.data}>
      <Stack maw="42rem">
        <Text size="sm" c="dimmed">
          {team.from === 'here' ? words.aboutOwn : words.about}
        </Text>
        {all.map((right) => (
          <Checkbox
            key={right}
            label={words.rights[right].label}
            description={words.rights[right].text}
            checked={rights.includes(right)}
            onChange={({ currentTarget: { checked } }) =>
              // In one order, so that what was chosen back is no change.
              form.set({ rights: all.filter((one) => (one === right ? checked : rights.includes(one))) })
            }
          />
        ))}
      </Stack>
    </DraftForm>
  );
}
