import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { meQuery, signInHostsQuery } from '../api/queries.ts';
import { noteSignedIn, wasSignedIn } from '../api/signed-in-before.ts';

const loadPages = async () => ({ default: (await import('./signed-in.tsx')).SignedIn });
const SignedIn = lazy(loadPages);
const loadSignIn = async () => ({
  default: (await import('../pages/sign-in/sign-in-page.tsx')).SignInPage,
});
const SignInPage = lazy(loadSignIn);
const Failure = lazy(async () => ({ default: (await import('../components/states.tsx')).Failure }));

// What is probably needed is loaded while the API is asked who is signed in. It is asked for anew if it cannot be had now.
const expectsPages = wasSignedIn();
void (expectsPages ? loadPages : loadSignIn)().catch(() => {});

/** The sign-in where nobody is signed in, at whatever address, which the person comes back to; else the pages. Neither loads the other's files. */
export function Entry() {
  const me = useQuery(meQuery);
  // Asked at the same time as who is signed in, by whoever probably is not.
  useQuery({ ...signInHostsQuery, enabled: !expectsPages && !me.data });
  const isSignedIn = me.data && true;
  useEffect(() => {
    if (isSignedIn !== undefined) {
      noteSignedIn(isSignedIn === true);
    }
  }, [isSignedIn]);
  if (me.data === undefined) {
    return me.isError ? (
      <Suspense>
        <Failure error={me.error} retry={() => void me.refetch()} />
      </Suspense>
    ) : null;
  }
  return <Suspense>{me.data === null ? <SignInPage /> : <SignedIn />}</Suspense>;
}
