import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from '../../routes/organization.ts';

const getParentRoute = () => organizationRoute;

export const settingsRoutes = [
  createRoute({
    getParentRoute,
    path: 'settings',
    component: lazyRouteComponent(() => import('./general-page.tsx'), 'GeneralPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/access',
    component: lazyRouteComponent(() => import('./access-page.tsx'), 'AccessPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/integrations',
    component: lazyRouteComponent(() => import('./integrations-page.tsx'), 'IntegrationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/credentials',
    component: lazyRouteComponent(() => import('./credentials-page.tsx'), 'CredentialsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/tokens',
    component: lazyRouteComponent(() => import('./tokens-page.tsx'), 'TokensPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/api-keys',
    component: lazyRouteComponent(() => import('./api-keys-page.tsx'), 'ApiKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/history',
    component: lazyRouteComponent(() => import('./history-page.tsx'), 'HistoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'settings/emergency-stop',
    component: lazyRouteComponent(() => import('./emergency-stop-page.tsx'), 'EmergencyStopPage'),
  }),
] as const;
