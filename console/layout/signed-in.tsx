import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { router } from '../router.tsx';

const Notices = lazy(async () => ({ default: (await import('../components/notices.tsx')).Notices }));

/** Everything for whoever is signed in: the page that the address names, and notices. */
export const SignedIn = () => (
  <>
    <Suspense>
      <Notices />
    </Suspense>
    <RouterProvider router={router} />
  </>
);
