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
  // What linking an account comes back to; proving again who one is comes back to the page itself.
  createRoute({
    getParentRoute,
    path: 'profile/linked',
    validateSearch: outcomeSearch,
    component: lazyRouteComponent(() => import('./linked-page.tsx'), 'LinkedPage'),
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
