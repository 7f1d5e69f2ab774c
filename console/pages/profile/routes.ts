import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { outcomeSearch } from '../../routes/outcome.ts';
import { rootRoute } from '../../routes/root.ts';

const getParentRoute = () => rootRoute;

export const profileRoutes = [
  createRoute({
    getParentRoute,
    path: 'profile',
    component: lazyRouteComponent(() => import('./accounts-page.tsx'), 'AccountsPage'),
  }),
  // What linking an account comes back to.
  createRoute({
    getParentRoute,
    path: 'profile/linked',
    validateSearch: outcomeSearch,
    component: lazyRouteComponent(() => import('./linked-page.tsx'), 'LinkedPage'),
  }),
  // What proving again who one is comes back to, in a tab of its own.
  createRoute({
    getParentRoute,
    path: 'profile/confirmed',
    validateSearch: outcomeSearch,
    component: lazyRouteComponent(() => import('./confirmed-page.tsx'), 'ConfirmedPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'profile/tokens',
    component: lazyRouteComponent(() => import('./my-tokens-page.tsx'), 'MyTokensPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'profile/sessions',
    component: lazyRouteComponent(() => import('./sessions-page.tsx'), 'SessionsPage'),
  }),
] as const;
