import { Button, type ButtonProps } from '@mantine/core';
import { useEffect } from 'react';
import { api, dataOf, type Schemas } from '../api/client.ts';
import { useChange } from '../api/use-change.ts';
import { ProblemAlert } from './states.tsx';

type Begin = (body: Schemas['NewSignIn']) => Promise<Schemas['BegunSignIn']>;

/** What whoever is signed in proves at a code host. */
const begins = {
  link: (body) => dataOf(api.POST('/api/v1/me/accounts/links', { body })),
  'link-for-organizations': (body) =>
    dataOf(api.POST('/api/v1/me/accounts/links', { body: { ...body, forOrganizations: true } })),
  'authenticate-again': (body) => dataOf(api.POST('/api/v1/me/authentications', { body })),
  'choose-organization': (body) => dataOf(api.POST('/api/v1/me/forge-organizations/choices', { body })),
} as const satisfies Readonly<Record<string, Begin>>;

interface CodeHostButtonProps extends Pick<ButtonProps, 'variant' | 'size' | 'fullWidth' | 'leftSection'> {
  /** Its key. */
  readonly integration: string;
  readonly purpose: keyof typeof begins;
  /** The page that the answer ends at, with the `outcome` in its query; this page if left out. As the API knows it: without a query. */
  readonly returnTo?: string;
  readonly label: string;
  /** Goes there in a tab of its own, which ends at a page that closes it: what was typed here stays. */
  readonly isInNewTab?: boolean;
  /** What is said instead of the label to whoever does not see where the button is. */
  readonly spoken?: string;
}

/** Browsers show the colon of a port as `%3A`; no page of ours needs a percent sign. */
const thisPage = (): string => decodeURIComponent(window.location.pathname);

/** A button that leads to a code host, and back. */
export function CodeHostButton({
  integration,
  purpose,
  returnTo,
  label,
  spoken,
  isInNewTab = false,
  ...button
}: CodeHostButtonProps) {
  const begin = useChange({
    send: () => begins[purpose]({ integration, returnTo: returnTo ?? thisPage() }),
  });
  const { reset } = begin;
  // The browser's “Back” can bring the page as it was left: https://web.dev/articles/bfcache
  useEffect(() => {
    const onShown = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) {
        reset();
      }
    };
    window.addEventListener('pageshow', onShown);
    return () => window.removeEventListener('pageshow', onShown);
  }, [reset]);
  const go = (): void => {
    // Browsers open a tab at the press itself only, not when the answer is there.
    const tab = isInNewTab ? window.open('about:blank') : null;
    begin.mutate(undefined, {
      onSuccess: ({ authorizeUrl }) => (tab ?? window).location.assign(authorizeUrl),
      onError: () => tab?.close(),
    });
  };
  return (
    <>
      <Button
        {...button}
        {...(spoken !== undefined && { 'aria-label': spoken })}
        loading={begin.isPending || (begin.isSuccess && !isInNewTab)}
        onClick={go}
      >
        {label}
      </Button>
      <ProblemAlert error={begin.error} />
    </>
  );
}
