import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { AnchorLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/states.tsx';
import { connectWords as words } from '../../words/connect.ts';
import { AboutFields } from './about-fields.tsx';
import { useCreate } from './use-create.ts';

/** An organization that no code host knows: its owners say who belongs to it. */
export function ByHandPage() {
  const [about, setAbout] = useState({ slug: '', name: '', vendors: '' });
  const create = useCreate();
  return (
    <Page
      title={words.byHand.title}
      description={words.byHand.text}
      above={
        <AnchorLink to="/organizations/new" size="sm">
          {words.byHand.back}
        </AnchorLink>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ about });
        }}
      >
        <Stack maw="32rem">
          <AboutFields
            about={about}
            onAbout={(changed) => setAbout({ ...about, ...changed })}
            error={create.error}
          />
          <ProblemAlert error={create.error} />
          <Button type="submit" loading={create.isPending} style={{ alignSelf: 'flex-start' }}>
            {words.byHand.submit}
          </Button>
        </Stack>
      </form>
    </Page>
  );
}
