import { CloseButton, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { CopyLine } from '../../components/copy-button.tsx';
import { InstallLines } from '../../components/install-lines.tsx';
import { profileWords } from '../../words/profile.ts';
import { type MadeOwnToken, readsOf } from './own-tokens.ts';
import classes from './profile-page.module.css';

const words = profileWords.tokens;

interface MadeTokenProps {
  readonly made: MadeOwnToken;
  /** It has been copied: it is never shown again. */
  onClose(): void;
}

/** The secret of a token, which is shown this once, and how Composer is told of it. */
export function MadeToken({ made, onClose }: MadeTokenProps) {
  const slugs = readsOf(made);
  const [chosen, setChosen] = useState(slugs[0]);
  return (
    <Stack component="section" aria-labelledby="made" className={classes.secret} gap="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2} id="made">
            {words.made(made.description)}
          </Title>
          <Text size="sm" c="dimmed">
            {words.once}
          </Text>
        </div>
        <CloseButton aria-label={words.hide} onClick={onClose} />
      </Group>
      <CopyLine value={made.secret} label={words.copySecret} />
      {chosen !== undefined && (
        <>
          {slugs.length > 1 && (
            <Select
              label={words.linesFor}
              data={[...slugs]}
              value={chosen}
              allowDeselect={false}
              onChange={(slug) => setChosen(slug ?? chosen)}
              maw="16rem"
            />
          )}
          <InstallLines slug={chosen} secret={made.secret} />
        </>
      )}
    </Stack>
  );
}
