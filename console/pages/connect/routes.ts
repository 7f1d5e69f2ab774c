import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../routes/root.ts';

const getParentRoute = () => rootRoute;

export const connectRoutes = [
  createRoute({
    getParentRoute,
    path: 'organizations/new',
    component: lazyRouteComponent(() => import('./connect-page.tsx'), 'ConnectPage'),
  }),
] as const;
