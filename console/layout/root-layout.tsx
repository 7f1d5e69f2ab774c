import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { meQuery } from '../api/queries.ts';
import { Failure, LoadingRows } from '../components/states.tsx';
import { Shell } from './shell.tsx';

const SignInPage = lazy(async () => ({
  default: (await import('../pages/sign-in/sign-in-page.tsx')).SignInPage,
}));

/** The sign-in where nobody is signed in, at whatever address, which the person comes back to; else the page that the address names. */
export function RootLayout() {
  const me = useQuery(meQuery);
  if (me.data === undefined) {
    return me.isError ? <Failure error={me.error} retry={() => void me.refetch()} /> : null;
  }
  return (
    <Suspense fallback={<LoadingRows />}>
      {me.data === null ? (
        <SignInPage />
      ) : (
        <Shell>
          <Outlet />
        </Shell>
      )}
    </Suspense>
  );
}
