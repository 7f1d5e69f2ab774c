import { Button, Menu } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import type { useRequestPreview } from './use-requests.ts';

const words = synchronizationsWords.preview;

interface PreviewButtonProps {
  readonly request: ReturnType<typeof useRequestPreview>;
  /** As it is set; undefined where the code host has no such roles. */
  readonly viewersInstall?: boolean | undefined;
}

/** Asks for a preview: as things are, or as if the other setting were made. */
export function PreviewButton({ request, viewersInstall }: PreviewButtonProps) {
  if (viewersInstall === undefined) {
    return (
      <Button variant="default" loading={request.isPending} onClick={() => request.mutate({})}>
        {words.action}
      </Button>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" loading={request.isPending} rightSection={<Icon name="down" size={16} />}>
          {words.action}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => request.mutate({})}>{words.asIs}</Menu.Item>
        <Menu.Item onClick={() => request.mutate({ viewersInstall: !viewersInstall })}>
          {viewersInstall ? words.withoutViewers : words.withViewers}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
