import { Center } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { unreachable } from '../api/problem.ts';
import { ButtonLink } from '../components/link.tsx';
import { Page } from '../components/page.tsx';
import { Failure } from '../components/states.tsx';
import { commonWords as words } from '../words/common.ts';
import { useSlug } from './use-slug.ts';

/** Instead of a page that failed: again, or away from it. One that could not be loaded without a connection is loaded once there is one. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const slug = useSlug();
  const isOffline = !navigator.onLine;
  useEffect(() => {
    if (!isOffline) {
      return;
    }
    const reload = () => window.location.reload();
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, [isOffline]);
  return (
    <Page title={words.errors.title} of={slug}>
      <Failure error={isOffline ? unreachable() : error} retry={reset} />
      <Center>
        <ButtonLink to="/" variant="subtle" onClick={reset}>
          {words.toStart}
        </ButtonLink>
      </Center>
    </Page>
  );
}
