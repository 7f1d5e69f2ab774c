import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
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
  const [isOpen, setIsOpen] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const change = useChange({
    send: (team: string) =>
      api.DELETE('/api/v1/organizations/{slug}/teams/{id}', { params: { path: { slug, id: team } } }),
    onDone: () => {
      notifyDone(words.done(name));
      // The list still has the team.
      client.removeQueries({ queryKey: teamsKey(slug) });
      void navigate({ to: '/o/$slug/teams', params: { slug } });
    },
  });
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          change.reset();
          setIsOpen(true);
        }}
      >
        {words.action}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.title(name)}
        action={words.action}
        typed={name}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(id)}
        onClose={() => setIsOpen(false)}
      >
        {words.text}
      </ConfirmDialog>
    </>
  );
}
