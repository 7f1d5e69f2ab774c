/** All pages by address. A page's route is in the folder of its area: docs/console.md */
import { createRouter } from '@tanstack/react-router';
import { LoadingRows } from './components/states.tsx';
import { ErrorPage } from './layout/error-page.tsx';
import { NotFoundPage } from './layout/not-found-page.tsx';
import { connectRoutes } from './pages/connect/routes.ts';
import { installationRoutes } from './pages/installation/routes.ts';
import { organizationsRoutes } from './pages/organizations/routes.ts';
import { overviewRoutes } from './pages/overview/routes.ts';
import { packagesRoutes } from './pages/packages/routes.ts';
import { peopleRoutes } from './pages/people/routes.ts';
import { profileRoutes } from './pages/profile/routes.ts';
import { repositoriesRoutes } from './pages/repositories/routes.ts';
import { settingsRoutes } from './pages/settings/routes.ts';
import { synchronizationsRoutes } from './pages/synchronizations/routes.ts';
import { teamsRoutes } from './pages/teams/routes.ts';
import { vcsRepositoriesRoutes } from './pages/vcs-repositories/routes.ts';
import { whyRoutes } from './pages/why/routes.ts';
import { organizationRoute } from './routes/organization.ts';
import { rootRoute } from './routes/root.ts';

const routeTree = rootRoute.addChildren([
  ...organizationsRoutes,
  ...connectRoutes,
  ...profileRoutes,
  ...installationRoutes,
  organizationRoute.addChildren([
    ...overviewRoutes,
    ...packagesRoutes,
    ...repositoriesRoutes,
    ...vcsRepositoriesRoutes,
    ...teamsRoutes,
    ...peopleRoutes,
    ...whyRoutes,
    ...synchronizationsRoutes,
    ...settingsRoutes,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingRows,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
