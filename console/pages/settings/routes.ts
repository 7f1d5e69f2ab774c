import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { outcomeSearch } from '../../routes/outcome.ts';
import { settingsRoute } from '../../routes/settings.ts';
import { historySearch } from './history-search.ts';
import { tokensSearch } from './tokens/search.ts';

const getParentRoute = () => settingsRoute;

const pages = [
  createRoute({
    getParentRoute,
    path: '/',
    component: lazyRouteComponent(() => import('./general-page.tsx'), 'GeneralPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'access',
    component: lazyRouteComponent(() => import('./access-page.tsx'), 'AccessPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'synchronizations',
    component: lazyRouteComponent(() => import('./synchronizations-page.tsx'), 'SynchronizationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'integrations',
    component: lazyRouteComponent(() => import('./integrations-page.tsx'), 'IntegrationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'credentials',
    component: lazyRouteComponent(() => import('./credentials/credentials-page.tsx'), 'CredentialsPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'credentials/$synchronization',
    validateSearch: outcomeSearch,
    component: lazyRouteComponent(() => import('./credentials/replace-page.tsx'), 'ReplacePage'),
  }),
  createRoute({
    getParentRoute,
    path: 'tokens',
    validateSearch: tokensSearch,
    component: lazyRouteComponent(() => import('./tokens/tokens-page.tsx'), 'TokensPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'tokens/new',
    component: lazyRouteComponent(() => import('./tokens/new-token-page.tsx'), 'NewTokenPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'tokens/$token',
    component: lazyRouteComponent(() => import('./tokens/token-page.tsx'), 'TokenPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'api-keys',
    component: lazyRouteComponent(() => import('./api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'api-keys/new',
    component: lazyRouteComponent(() => import('./api-keys/new-api-key-page.tsx'), 'NewApiKeyPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'history',
    validateSearch: historySearch,
    component: lazyRouteComponent(() => import('./history-page.tsx'), 'HistoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: 'emergency-stop',
    component: lazyRouteComponent(() => import('./emergency-stop-page.tsx'), 'EmergencyStopPage'),
  }),
] as const;

export const settingsRoutes = [settingsRoute.addChildren(pages)] as const;
