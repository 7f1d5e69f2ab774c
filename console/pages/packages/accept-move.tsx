import { Code, Stack, Text } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { packageWords } from '../../words/package.ts';
import { type Named, packageKey } from './queries.ts';

const words = packageWords.acceptMove;

interface AcceptMoveProps {
  readonly path: Named;
  readonly version: Schemas['Version'];
  /** The commit that its tag moved to. */
  readonly movedTo: string;
  onClose(): void;
}

export function AcceptMove({ path, version, movedTo, onClose }: AcceptMoveProps) {
  const accept = useChange({
    send: (why: string) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/packages/{vendor}/{name}/versions/{version}/accept-move', {
          params: { path: { ...path, version: version.normalized } },
          body: { commit: movedTo, why },
        }),
      ),
    refreshes: [packageKey(path)],
    onDone: () => {
      notifyDone(words.done(version.version));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title(version.version)}
      action={words.action}
      asksWhy
      isPending={accept.isPending}
      error={accept.error}
      onConfirm={({ why }) => accept.mutate(why)}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text size="sm">{words.text}</Text>
        <Commit name={words.from} commit={version.commit} />
        <Commit name={words.to} commit={movedTo} />
      </Stack>
    </ConfirmDialog>
  );
}

const Commit = ({ name, commit }: { readonly name: string; readonly commit: string }) => (
  <div>
    <Text size="xs" c="dimmed">
      {name}
    </Text>
    <Code style={{ overflowWrap: 'anywhere' }}>{commit}</Code>
  </div>
);
