import { Anchor, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { signInHostsQuery } from '../../api/queries.ts';
import { SignInForm } from '../../components/sign-in-form.tsx';
import { Logo } from '../../layout/logo.tsx';
import { commonWords } from '../../words/common.ts';
import { signInWords as words } from '../../words/sign-in.ts';
import classes from './sign-in-page.module.css';

// Loaded only if it is needed: this page comes before all others.
const Failure = lazy(async () => ({ default: (await import('../../components/states.tsx')).Failure }));

/** For whoever is not signed in, at any address, which the sign-in comes back to. */
export function SignInPage() {
  useEffect(() => {
    document.title = `${words.title} · ${commonWords.product}`;
  }, []);
  return (
    <main className={classes.main}>
      <Stack gap="xl" w="100%" maw={400}>
        <Stack gap="sm" align="center" ta="center">
          <Logo size={48} />
          <Title order={1}>{commonWords.product}</Title>
          <Text c="dimmed">{words.lead}</Text>
        </Stack>
        <Paper withBorder p="lg">
          <Hosts />
        </Paper>
        <Group justify="center" gap="lg">
          <Anchor size="sm" href="/plain">
            {words.plain}
          </Anchor>
          <Anchor size="sm" href="/api/v1/docs">
            {words.api}
          </Anchor>
        </Group>
      </Stack>
    </main>
  );
}

function Hosts() {
  const { data, isError, error, refetch } = useQuery(signInHostsQuery);
  if (data === undefined) {
    const skeleton = <Skeleton height={42} />;
    return isError ? (
      <Suspense fallback={skeleton}>
        <Failure error={error} retry={() => void refetch()} />
      </Suspense>
    ) : (
      skeleton
    );
  }
  const { isSetUp, items } = data;
  return (
    <Stack gap="sm">
      {items.map(({ key, name, start }, place) => (
        <SignInForm
          key={key}
          start={start}
          label={words.with(name)}
          variant={place === 0 ? 'filled' : 'default'}
        />
      ))}
      {items.length === 0 && <Text size="sm">{isSetUp ? words.none : words.notSetUp}</Text>}
      {!isSetUp && (
        <Button component="a" href="/sign-in/setup" fullWidth>
          {words.setUp}
        </Button>
      )}
    </Stack>
  );
}
