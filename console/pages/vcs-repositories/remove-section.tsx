import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import type { Confirmed } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { Section } from '../settings/section.tsx';
import type { PartProps } from './part.ts';
import { changedKey } from './queries.ts';

const words = vcsRepositoriesWords.one.remove;

export function RemoveSection({ slug, id, repository: { name } }: PartProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useChange({
    send: (_: Confirmed) =>
      dataOf(
        api.DELETE('/api/v1/organizations/{slug}/vcs-repositories/{id}', {
          params: { path: { slug, id } },
        }),
      ),
    onDone: async () => {
      notifyDone(words.done(name));
      // Nothing is asked of what is not there any more.
      await navigate({ to: '/o/$slug/repositories/at-url', params: { slug } });
      await client.invalidateQueries({ queryKey: changedKey(slug) });
    },
  });
  return (
    <Section
      title={words.title}
      isDanger
      action={
        <ConfirmButton
          label={words.action}
          title={words.dialog(name)}
          typed={name}
          variant="outline"
          color="red"
          flex="none"
          change={remove}
        >
          {words.text}
        </ConfirmButton>
      }
    >
      <Text size="sm">{words.text}</Text>
    </Section>
  );
}
