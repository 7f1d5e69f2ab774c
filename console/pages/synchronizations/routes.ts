import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';
import { runSearch, synchronizationSearch, webhooksSearch } from './search.ts';

const getParentRoute = () => organizationRoute;

export const synchronizationsRoutes = [
  createRoute({
    getParentRoute,
    path: 'synchronizations',
    component: lazyRouteComponent(() => import('./synchronizations-page.tsx'), 'SynchronizationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations/$synchronization',
    validateSearch: synchronizationSearch,
    component: lazyRouteComponent(() => import('./synchronization-page.tsx'), 'SynchronizationPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations/$synchronization/runs/$run',
    validateSearch: runSearch,
    component: lazyRouteComponent(() => import('./run-page.tsx'), 'RunPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations/$synchronization/previews/$preview',
    component: lazyRouteComponent(() => import('./preview-page.tsx'), 'PreviewPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations/$synchronization/held-removals',
    component: lazyRouteComponent(() => import('./held-removals-page.tsx'), 'HeldRemovalsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations/$synchronization/webhooks',
    validateSearch: webhooksSearch,
    component: lazyRouteComponent(() => import('./webhooks-page.tsx'), 'WebhooksPage'),
  }),
] as const;
