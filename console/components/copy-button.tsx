import { ActionIcon, Code, CopyButton as Copying, Group, Tooltip } from '@mantine/core';
import { commonWords as words } from '../words/common.ts';
import classes from './copy-button.module.css';
import { Icon } from './icon.tsx';

interface CopyButtonProps {
  readonly value: string;
  /** What is copied, for those who do not see where the button is. */
  readonly label?: string;
}

export function CopyButton({ value, label = words.copy }: CopyButtonProps) {
  return (
    <Copying value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? words.copied : label}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'green' : 'gray'}
            onClick={copy}
            aria-label={copied ? words.copied : label}
          >
            <Icon name={copied ? 'check' : 'copy'} size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Copying>
  );
}

/** A line of text to be pasted elsewhere. */
export function CopyLine({ value, label }: CopyButtonProps) {
  return (
    <Group className={classes.line} wrap="nowrap" gap="xs">
      <Code className={classes.code}>{value}</Code>
      <CopyButton value={value} {...(label === undefined ? {} : { label })} />
    </Group>
  );
}
