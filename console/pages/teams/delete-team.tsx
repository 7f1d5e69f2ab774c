import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { teamsWords } from '../../words/teams.ts';
import { teamsKey } from './queries.ts';

const words = teamsWords.delete;

interface DeleteTeamProps {
  readonly slug: string;
  /** One that was made here. */
  readonly team: Schemas['Team'];
}

export function DeleteTeam({ slug, team: { id, name } }: DeleteTeamProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const change = useChange({
    send: () =>
      dataOf<unknown>(
        api.DELETE('/api/v1/organizations/{slug}/teams/{id}', { params: { path: { slug, id } } }),
      ),
    onDone: () => {
      notifyDone(words.done(name));
      // The list still has the team.
      client.removeQueries({ queryKey: teamsKey(slug) });
      void navigate({ to: '/o/$slug/teams', params: { slug } });
    },
  });
  return (
    <ConfirmButton label={words.action} title={words.title(name)} typed={name} change={change}>
      {words.text}
    </ConfirmButton>
  );
}
