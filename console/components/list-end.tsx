import { Button, Group, Loader, Text, VisuallyHidden } from '@mantine/core';
import { commonWords as words } from '../words/common.ts';
import { problemText } from './problem-text.ts';

interface ListEndProps {
  readonly isLoadingMore: boolean;
  /** Why what is shown is not all, or not the newest. */
  readonly error?: Error | null | undefined;
  retry?: (() => void) | undefined;
}

/** Below a long list: that more comes, or why not. */
export function ListEnd({ isLoadingMore, error, retry }: ListEndProps) {
  if (isLoadingMore) {
    return (
      <Group justify="center" p="sm" role="status">
        <Loader size="sm" />
        <VisuallyHidden>{words.loadingMore}</VisuallyHidden>
      </Group>
    );
  }
  return error ? (
    <Group justify="center" p="sm" gap="sm" role="alert">
      <Text size="sm">{problemText(error)}</Text>
      {retry && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          {words.retry}
        </Button>
      )}
    </Group>
  ) : null;
}
