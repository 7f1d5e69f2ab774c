import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../routes/root.ts';
import { installationHistorySearch, newOrganizationSearch } from './search.ts';

const getParentRoute = () => rootRoute;

export const installationRoutes = [
  createRoute({
    getParentRoute,
    path: 'installation',
    component: lazyRouteComponent(() => import('./organizations-page.tsx'), 'InstallationPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'installation/new',
    validateSearch: newOrganizationSearch,
    component: lazyRouteComponent(() => import('./new-organization-page.tsx'), 'NewOrganizationPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'installation/integrations',
    component: lazyRouteComponent(() => import('./integrations-page.tsx'), 'InstallationIntegrationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'installation/sign-ins',
    component: lazyRouteComponent(() => import('./sign-ins-page.tsx'), 'SignInsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'installation/history',
    validateSearch: installationHistorySearch,
    component: lazyRouteComponent(() => import('./history-page.tsx'), 'InstallationHistoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'installation/settings',
    component: lazyRouteComponent(() => import('./settings-page.tsx'), 'InstallationSettingsPage'),
  }),
] as const;
