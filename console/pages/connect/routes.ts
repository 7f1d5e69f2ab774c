import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../routes/root.ts';
import { connectSearch, newSearch } from './search.ts';

const getParentRoute = () => rootRoute;

export const connectRoutes = [
  createRoute({
    getParentRoute,
    path: 'organizations/new',
    validateSearch: newSearch,
    component: lazyRouteComponent(() => import('./connect-page.tsx'), 'ConnectPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'organizations/new/by-hand',
    component: lazyRouteComponent(() => import('./by-hand-page.tsx'), 'ByHandPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'organizations/new/$integration',
    validateSearch: connectSearch,
    component: lazyRouteComponent(() => import('./choose-page.tsx'), 'ChoosePage'),
  }),
  createRoute({
    getParentRoute,
    path: 'organizations/connected/$slug',
    component: lazyRouteComponent(() => import('./connected-page.tsx'), 'ConnectedPage'),
  }),
] as const;
