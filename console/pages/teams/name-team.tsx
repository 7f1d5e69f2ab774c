import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Icon } from '../../components/icon.tsx';
import { notifyDone } from '../../components/notify.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { teamsWords } from '../../words/teams.ts';
import { teamKey, teamsKey } from './queries.ts';

interface NameTeamProps {
  readonly slug: string;
  /** A team that was made here; a new one is made if left out. */
  readonly team?: Schemas['Team'];
  readonly etag?: string | undefined;
}

/** Makes a team by hand, or renames one. */
export function NameTeam(props: NameTeamProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const words = props.team === undefined ? teamsWords.make : teamsWords.rename;
  return (
    <>
      <Button
        variant={props.team === undefined ? 'filled' : 'default'}
        leftSection={props.team === undefined && <Icon name="add" size={16} />}
        onClick={() => setIsOpen(true)}
      >
        {words.open}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={words.title}
        closeButtonProps={{ 'aria-label': commonWords.close }}
      >
        <Form {...props} onClose={close} />
      </Modal>
    </>
  );
}

function Form({ slug, team, etag, onClose }: NameTeamProps & { onClose(): void }) {
  const [name, setName] = useState(team?.name ?? '');
  const navigate = useNavigate();
  const words = team === undefined ? teamsWords.make : teamsWords.rename;
  const change = useChange({
    send: (body: Schemas['OwnTeamNames'], key) => dataOf(sent(slug, { team, etag }, body, key)),
    refreshes: [teamsKey(slug), ...(team === undefined ? [] : [teamKey(slug, team.id)])],
    onDone: ({ id }, body) => {
      onClose();
      notifyDone(words.done(body.name));
      if (team === undefined) {
        void navigate({ to: '/o/$slug/teams/$team', params: { slug, team: id } });
      }
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ name: name.trim() });
      }}
    >
      <Stack>
        {team === undefined && <Text size="sm">{teamsWords.make.text}</Text>}
        <TextInput
          data-autofocus
          label={teamsWords.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldProblem(change.error, '/name')}
          maxLength={100}
          autoComplete="off"
          required
        />
        <ProblemAlert error={change.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {commonWords.cancel}
          </Button>
          <Button
            type="submit"
            disabled={name.trim() === '' || name.trim() === team?.name}
            loading={change.isPending}
          >
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function sent(
  slug: string,
  { team, etag = '*' }: Pick<NameTeamProps, 'team' | 'etag'>,
  body: Schemas['OwnTeamNames'],
  key: string,
) {
  return team === undefined
    ? api.POST('/api/v1/organizations/{slug}/teams', {
        params: { path: { slug }, header: { 'idempotency-key': key } },
        body,
      })
    : api.PATCH('/api/v1/organizations/{slug}/teams/{id}', {
        params: { path: { slug, id: team.id }, header: { 'if-match': etag } },
        body,
      });
}
