import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '../../components/states.tsx';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { Section } from '../settings/section.tsx';
import type { PartProps } from './part.ts';
import { formOf, type ReadersForm, readersOf } from './readers.ts';
import { ReadersFields } from './readers-fields.tsx';
import { useVcsChange } from './use-vcs-change.ts';

const { one, readers: words } = vcsRepositoriesWords;

/** Who may install from it. What was chosen and not saved yet stays while the page is read again. */
export function ReadersSection({ slug, id, repository: { readers } }: PartProps) {
  const stored = formOf(readers);
  const [draft, setDraft] = useState<ReadersForm>();
  const save = useVcsChange({ slug, id }, { said: words.saved, onDone: () => setDraft(undefined) });
  const value = draft ?? stored;
  const isSame = JSON.stringify(readersOf(value)) === JSON.stringify(readersOf(stored));
  return (
    <Section title={one.readersTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ readers: readersOf(value) });
        }}
      >
        <Stack maw="36rem">
          <ReadersFields slug={slug} value={value} onChange={setDraft} error={save.error} />
          <ProblemAlert error={save.error} />
          <Button
            type="submit"
            disabled={isSame}
            loading={save.isPending}
            style={{ alignSelf: 'flex-start' }}
          >
            {words.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
