import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { organizationRoute } from './organization.ts';

/** The settings of an organization, with a navigation of their own. The routes of their pages are its children. */
export const settingsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: 'settings',
  component: lazyRouteComponent(() => import('../pages/settings/settings-layout.tsx'), 'SettingsLayout'),
});
