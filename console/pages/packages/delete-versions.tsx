import { List, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.ts';
import { packageWords } from '../../words/package.ts';
import { type Named, nameOf } from './queries.ts';

const words = packageWords.deleteVersions;

interface DeleteVersionsProps {
  readonly path: Named;
  readonly versions: readonly string[];
  onDone(): void;
  onClose(): void;
}

export function DeleteVersions({ path, versions, onDone, onClose }: DeleteVersionsProps) {
  const send = (body: Schemas['VersionDeletionRequest']) =>
    dataOf(
      api.POST('/api/v1/organizations/{slug}/packages/{vendor}/{name}/delete-versions', {
        params: { path },
        body,
      }),
    );
  // Without the confirmation nothing changes: it says what would.
  const { mutate: ask, ...asked } = useChange({ send });
  useEffect(() => ask({ versions: [...versions], why: words.confirm }), [ask, versions]);
  const change = useChange({
    send,
    refreshes: [queryKeys.of(path.slug, 'package'), queryKeys.of(path.slug, 'packages')],
    onDone: ({ versions: gone }) => {
      notifyDone(words.done(gone.length));
      onDone();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title(versions.length)}
      action={words.confirm}
      typed={nameOf(path)}
      asksWhy
      isReady={asked.isSuccess}
      isPending={change.isPending}
      error={asked.error ?? change.error}
      onConfirm={({ confirm, why }) => change.mutate({ versions: [...versions], confirm, why })}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text size="sm">{words.text}</Text>
        {asked.data && <Affected path={path} versions={versions} found={asked.data} />}
      </Stack>
    </ConfirmDialog>
  );
}

interface AffectedProps {
  readonly path: Named;
  readonly versions: readonly string[];
  readonly found: Schemas['CommitRefusal'];
}

/** What else has the same commits. */
function Affected({ path, versions, found }: AffectedProps) {
  const others = found.versions.filter(
    (one) => one.package !== nameOf(path) || !versions.includes(one.version),
  );
  return (
    <>
      {others.length > 0 && (
        <div>
          <Text size="sm">{words.affected}</Text>
          <List size="sm">
            {others.map((one) => (
              <List.Item key={`${one.package} ${one.version}`}>{`${one.package} ${one.version}`}</List.Item>
            ))}
          </List>
        </div>
      )}
      <Text size="sm">{words.archives(found.archives)}</Text>
    </>
  );
}
