import { Button, List, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { settingsWords } from '../../words/settings.ts';
import { Section } from './section.tsx';

const words = settingsWords.remove;
/** Nothing is written to the history by a question. */
const whyAsked = 'what would be deleted';

const remove = (slug: string, body: Schemas['OrganizationDeletion']) =>
  dataOf(api.DELETE('/api/v1/organizations/{slug}', { params: { path: { slug } }, body }));

interface DeleteOrganizationProps {
  readonly slug: string;
  readonly name: string;
}

/** Deletes the organization, once it was shown what goes with it. */
export function DeleteOrganization({ slug, name }: DeleteOrganizationProps) {
  const [isOpen, setIsOpen] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const preview = useChange({ send: () => remove(slug, { why: whyAsked }) });
  const deletion = useChange({
    send: (body: Schemas['OrganizationDeletion']) => remove(slug, body),
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: async () => {
      notifyDone(words.done(slug));
      await navigate({ to: '/organizations' });
      client.removeQueries({ queryKey: queryKeys.organization(slug) });
    },
  });
  const open = () => preview.mutate(undefined, { onSuccess: () => setIsOpen(true) });
  return (
    <Section
      title={words.title}
      isDanger
      action={
        <Button color="red" variant="outline" flex="none" loading={preview.isPending} onClick={open}>
          {words.button}
        </Button>
      }
    >
      <Stack gap="xs">
        <Text size="sm">{words.text}</Text>
        <Text size="sm" c="dimmed">
          {words.instead}{' '}
          <AnchorLink to="/o/$slug/settings/emergency-stop" params={{ slug }} size="sm" underline="always">
            {words.emergencyStop}
          </AnchorLink>
          .
        </Text>
        <ProblemAlert error={preview.error} />
      </Stack>
      <ConfirmDialog
        isOpen={isOpen}
        title={words.dialog(name)}
        action={words.action}
        typed={slug}
        asksWhy
        isPending={deletion.isPending}
        error={deletion.error}
        onConfirm={deletion.mutate}
        onClose={() => setIsOpen(false)}
      >
        {preview.data !== undefined && <Deleted {...preview.data} />}
      </ConfirmDialog>
    </Section>
  );
}

const Deleted = ({ synchronizations, packages, versions, tokens }: Schemas['DeletedOrganization']) => (
  <Stack gap="xs">
    <Text size="sm">{words.deleted}</Text>
    <List size="sm">
      <List.Item>{words.packages(packages, versions)}</List.Item>
      <List.Item>{words.tokens(tokens)}</List.Item>
      {synchronizations.length > 0 && <List.Item>{words.synchronizations(synchronizations)}</List.Item>}
    </List>
    <Text size="sm">{words.kept}</Text>
  </Stack>
);
