import { Button, List, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { settingsWords } from '../../words/settings.ts';
import type { OfSynchronization } from './of-synchronization.ts';

type End = Schemas['SynchronizationEnd'];
const words = settingsWords.synchronizations.end;
/** Nothing is written to the history by a question. */
const whyAsked = 'what would be done';

interface Choice {
  readonly packages: 'keep' | 'delete';
  readonly members: 'keep' | 'remove';
}

const end = ({ slug, id }: Pick<OfSynchronization, 'slug' | 'id'>, body: End) =>
  dataOf(
    api.DELETE('/api/v1/organizations/{slug}/synchronizations/{synchronization}', {
      params: { path: { slug, synchronization: id } },
      body,
    }),
  );

interface EndSynchronizationProps extends OfSynchronization {
  /** The last one: it has to be decided who belongs here afterwards. */
  readonly isOnly: boolean;
}

/** Disconnects a code host, once it was shown what goes away with it and what stays. */
export function EndSynchronization({ isOnly, ...of }: EndSynchronizationProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [choice, setChoice] = useState<Choice>({
    packages: 'keep',
    members: isOnly ? 'keep' : 'remove',
  });
  const preview = useChange({ send: (asked: Choice) => end(of, { ...asked, why: whyAsked }) });
  const ending = useChange({
    send: (body: End) => end(of, body),
    refreshes: [queryKeys.organization(of.slug), queryKeys.me],
    onDone: () => {
      setIsOpen(false);
      notifyDone(words.done(of.login));
    },
  });
  const choose = (next: Choice) => {
    setChoice(next);
    ending.reset();
    preview.mutate(next);
  };
  return (
    <>
      <Button
        variant="outline"
        color="red"
        loading={preview.isPending && !isOpen}
        onClick={() => preview.mutate(choice, { onSuccess: () => setIsOpen(true) })}
      >
        {words.button}
      </Button>
      {!isOpen && <ProblemAlert error={preview.error} />}
      <ConfirmDialog
        isOpen={isOpen}
        title={words.dialog(of.login)}
        action={words.action}
        typed={of.login}
        asksWhy
        isPending={ending.isPending}
        isReady={preview.isSuccess}
        error={preview.error ?? ending.error}
        onConfirm={(confirmed) => ending.mutate({ ...choice, ...confirmed })}
        onClose={() => setIsOpen(false)}
      >
        <Stack gap="sm">
          <Text size="sm">{words.text}</Text>
          <Choices choice={choice} isOnly={isOnly} onChoose={choose} />
          {preview.data === undefined ? (
            !preview.isError && <Skeleton height={44} />
          ) : (
            <Effects {...preview.data} />
          )}
        </Stack>
      </ConfirmDialog>
    </>
  );
}

interface ChoicesProps {
  readonly choice: Choice;
  readonly isOnly: boolean;
  onChoose(choice: Choice): void;
}

const Choices = ({ choice, isOnly, onChoose }: ChoicesProps) => (
  <>
    <Radio.Group
      label={words.packages}
      value={choice.packages}
      onChange={(value) => onChoose({ ...choice, packages: value === 'delete' ? 'delete' : 'keep' })}
    >
      <Stack gap={6} mt={6}>
        <Radio value="keep" label={words.packagesOf.keep} />
        <Radio value="delete" label={words.packagesOf.delete} />
      </Stack>
    </Radio.Group>
    {isOnly && (
      <Radio.Group
        label={words.members}
        value={choice.members}
        onChange={(value) => onChoose({ ...choice, members: value === 'remove' ? 'remove' : 'keep' })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="keep" label={words.membersOf.keep} />
          <Radio value="remove" label={words.membersOf.remove} />
        </Stack>
      </Radio.Group>
    )}
  </>
);

function Effects({ packages, teamTokens, owners, endingOwners, members }: Schemas['EndedSynchronization']) {
  const { effects } = words;
  const lines = [
    packages.length === 0 ? effects.noPackages : effects.packages(packages.length),
    ...(teamTokens > 0 ? [effects.teamTokens(teamTokens)] : []),
    ...(owners.length > 0 ? [effects.owners(owners)] : []),
    ...(endingOwners.length > 0 ? [effects.endingOwners(endingOwners)] : []),
    ...(members > 0 ? [effects.members(members)] : []),
  ];
  return (
    <List size="sm">
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  );
}
