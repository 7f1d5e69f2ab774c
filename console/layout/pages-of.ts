/** The pages of an organization, for the navigation and the command palette. */
import type { Schemas } from '../api/client.ts';
import type { IconName } from '../components/icon.tsx';
import { navigationWords as words } from '../words/navigation.ts';

const { installation } = words;

type Role = Schemas['Role'];

export const organizationPages = [
  { to: '/o/$slug', label: words.overview, icon: 'overview', isForOwners: true },
  { to: '/o/$slug/packages', label: words.packages, icon: 'package', isForOwners: false },
  { to: '/o/$slug/repositories', label: words.repositories, icon: 'repository', isForOwners: false },
  { to: '/o/$slug/teams', label: words.teams, icon: 'team', isForOwners: false },
  { to: '/o/$slug/people', label: words.people, icon: 'people', isForOwners: true },
  { to: '/o/$slug/why', label: words.why, icon: 'why', isForOwners: true },
  { to: '/o/$slug/synchronizations', label: words.synchronizations, icon: 'sync', isForOwners: false },
  { to: '/o/$slug/settings', label: words.settings, icon: 'settings', isForOwners: false },
] as const satisfies readonly {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly isForOwners: boolean;
}[];

/** Those that whoever has the role may see. @param role undefined for whoever does not belong there */
export const pagesOf = (role: Role | undefined) =>
  organizationPages.filter(({ isForOwners }) => !isForOwners || role === 'owner');

/** The pages of the whole installation, for its administrators. */
export const installationPages = [
  { to: '/installation', label: installation.organizations, icon: 'team' },
  { to: '/installation/integrations', label: installation.integrations, icon: 'link' },
  { to: '/installation/sign-ins', label: installation.signIns, icon: 'device' },
  { to: '/installation/history', label: installation.history, icon: 'clock' },
  { to: '/installation/settings', label: installation.settings, icon: 'settings' },
] as const satisfies readonly { readonly to: string; readonly label: string; readonly icon: IconName }[];
