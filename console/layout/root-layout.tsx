import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { LoadingRows } from '../components/states.tsx';
import { Shell } from './shell.tsx';

/** What the address names, within what is around every page. */
export const RootLayout = () => (
  <Shell>
    <Suspense fallback={<LoadingRows />}>
      <Outlet />
    </Suspense>
  </Shell>
);
