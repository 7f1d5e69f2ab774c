import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../../components/icon.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { settingsWords } from '../../words/settings.ts';
import { DifferencesTable } from './differences-table.tsx';
import classes from './draft-form.module.css';
import type { DraftForm as Form } from './use-draft-form.ts';

const words = settingsWords.form;

interface DraftFormProps<Values extends object> {
  readonly form: Form<Values>;
  /** What is stored now. */
  readonly stored: Values;
  readonly children: ReactNode;
}

/** The fields, and once one was changed the buttons that save or discard it, always in sight. */
export function DraftForm<Values extends object>({ form, stored, children }: DraftFormProps<Values>) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (form.isChanged) {
          form.save();
        }
      }}
    >
      <Stack gap="lg">
        {children}
        {form.isConflict ? (
          <Conflict form={form} stored={stored} />
        ) : (
          <>
            <ProblemAlert error={form.error} />
            {form.isChanged && (
              <Group className={classes.bar} gap="sm">
                <Text size="sm">{words.unsaved}</Text>
                <Group gap="sm" ml="auto">
                  <Button variant="default" onClick={form.discard}>
                    {words.discard}
                  </Button>
                  <Button type="submit" loading={form.isPending}>
                    {words.save}
                  </Button>
                </Group>
              </Group>
            )}
          </>
        )}
      </Stack>
    </form>
  );
}

/** Somebody else was quicker: what is there now, beside what was entered here. */
function Conflict<Values extends object>({ form, stored }: Omit<DraftFormProps<Values>, 'children'>) {
  const theirs = Object.fromEntries(
    Object.keys(form.changes).map((field) => [field, stored[field as keyof Values]]),
  );
  return (
    <Alert role="alert" color="yellow" variant="light" icon={<Icon name="warning" />} title={words.conflict}>
      <DifferencesTable
        before={theirs}
        after={form.changes}
        titles={{ field: words.field, before: words.theirs, after: words.yours }}
      />
      <Group gap="sm" mt="sm">
        <Button variant="default" onClick={form.discard}>
          {words.takeTheirs}
        </Button>
        <Button onClick={form.overwrite} loading={form.isPending} disabled={!form.isChanged}>
          {words.overwrite}
        </Button>
      </Group>
    </Alert>
  );
}
