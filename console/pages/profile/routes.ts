import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../routes/root.ts';

const getParentRoute = () => rootRoute;

export const profileRoutes = [
  createRoute({
    getParentRoute,
    path: 'profile',
    component: lazyRouteComponent(() => import('./accounts-page.tsx'), 'AccountsPage'),
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
