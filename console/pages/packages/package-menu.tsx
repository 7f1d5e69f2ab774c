import { ActionIcon, Checkbox, Menu, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { notifyDone } from '../../components/notify.ts';
import { packageWords } from '../../words/package.ts';
import { type Named, nameOf } from './queries.ts';
import { useRescan } from './use-rescan.ts';

const words = packageWords.delete;

interface PackageMenuProps {
  readonly path: Named;
  readonly found: Schemas['Package'];
}

/** For whoever may manage the package. */
export function PackageMenu({ path, found }: PackageMenuProps) {
  const [isDeleting, setIsDeleting] = useState(false);
  const rescan = useRescan(path, found.repository.id);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={packageWords.more}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {found.state !== 'unreadable' && (
            <Menu.Item
              leftSection={<Icon name="sync" size={16} />}
              disabled={found.scan.isPending}
              onClick={() => rescan.mutate(undefined)}
            >
              {packageWords.scans.again}
            </Menu.Item>
          )}
          <Menu.Item color="red" onClick={() => setIsDeleting(true)}>
            {words.action}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && <DeleteDialog path={path} found={found} onClose={() => setIsDeleting(false)} />}
    </>
  );
}

interface DeleteDialogProps extends PackageMenuProps {
  onClose(): void;
}

function DeleteDialog({ path, found, onClose }: DeleteDialogProps) {
  const navigate = useNavigate();
  const [keepArchives, setKeepArchives] = useState(false);
  const name = nameOf(path);
  const change = useChange({
    send: (body: Schemas['PackageDeletionRequest']) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/packages/{vendor}/{name}/delete', {
          params: { path },
          body,
        }),
      ),
    refreshes: [queryKeys.of(path.slug, 'packages'), queryKeys.of(path.slug, 'repositories')],
    onDone: () => {
      notifyDone(words.done(name));
      void navigate({ to: '/o/$slug/packages', params: { slug: path.slug } });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title(name)}
      action={words.confirm}
      typed={name}
      asksWhy
      isPending={change.isPending}
      error={change.error}
      onConfirm={({ confirm, why }) => change.mutate({ confirm, why, keepArchives })}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text size="sm">{words.text}</Text>
        <Text size="sm">{words.versions(found.versions)}</Text>
        <Checkbox
          label={words.keepArchives}
          checked={keepArchives}
          onChange={(event) => setKeepArchives(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
