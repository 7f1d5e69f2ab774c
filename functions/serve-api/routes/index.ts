import type { Route } from '../frame/route.ts';
import { accessRoutes } from './access.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { connectionRoutes } from './connections.ts';
import { heldRemovalRoutes } from './held-removals.ts';
import { historyRoutes } from './history.ts';
import { installationRoutes } from './installation.ts';
import { integrationRoutes } from './integrations.ts';
import { invitationRoutes } from './invitations.ts';
import { meRoutes } from './me.ts';
import { newOrganizationRoutes } from './new-organization.ts';
import { organizationEndRoutes } from './organization-end.ts';
import { organizationRoutes } from './organizations.ts';
import { overviewRoutes } from './overview.ts';
import { ownTeamRoutes } from './own-teams.ts';
import { ownTokenRoutes } from './own-tokens.ts';
import { packageChangeRoutes } from './package-changes.ts';
import { packageRoutes } from './packages.ts';
import { peopleRoutes } from './people.ts';
import { peopleByHandRoutes } from './people-by-hand.ts';
import { previewRoutes } from './previews.ts';
import { refusedCommitRoutes } from './refused-commits.ts';
import { registrationRoutes } from './registrations.ts';
import { repositoryRoutes } from './repositories.ts';
import { runRoutes } from './runs.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './sessions.ts';
import { settingsRoutes } from './settings.ts';
import { signInRoutes } from './sign-in.ts';
import { statusRoutes } from './status.ts';
import { synchronizationRoutes } from './synchronizations.ts';
import { teamRoutes } from './teams.ts';
import { tokenRoutes } from './tokens.ts';
import { userSessionRoutes } from './user-sessions.ts';
import { vcsRepositoryRoutes } from './vcs-repositories.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route of the API but those of its documentation. */
export const routes: readonly Route[] = [
  ...meRoutes,
  ...ownTokenRoutes,
  ...invitationRoutes,
  ...sessionRoutes,
  ...signInRoutes,
  ...organizationRoutes,
  ...packageRoutes,
  ...packageChangeRoutes,
  ...repositoryRoutes,
  ...vcsRepositoryRoutes,
  ...refusedCommitRoutes,
  ...newOrganizationRoutes,
  ...apiKeyRoutes,
  ...tokenRoutes,
  ...accessRoutes,
  ...peopleRoutes,
  ...peopleByHandRoutes,
  ...teamRoutes,
  ...ownTeamRoutes,
  ...historyRoutes,
  ...installationRoutes,
  ...userSessionRoutes,
  ...statusRoutes,
  ...overviewRoutes,
  ...searchRoutes,
  ...runRoutes,
  ...previewRoutes,
  ...heldRemovalRoutes,
  ...integrationRoutes,
  ...registrationRoutes,
  ...synchronizationRoutes,
  ...connectionRoutes,
  ...webhookRoutes,
  ...settingsRoutes,
  ...organizationEndRoutes,
];
