/** The pages of an organization, for the navigation and the command palette. */
import type { May } from '../api/use-may.ts';
import type { IconName } from '../components/icon.tsx';
import { navigationWords as words } from '../words/navigation.ts';

const { installation } = words;

export const organizationPages = [
  { to: '/o/$slug', label: words.overview, icon: 'overview', isFor: 'owners' },
  { to: '/o/$slug/packages', label: words.packages, icon: 'package', isFor: 'members' },
  { to: '/o/$slug/repositories', label: words.repositories, icon: 'repository', isFor: 'maintainers' },
  { to: '/o/$slug/teams', label: words.teams, icon: 'team', isFor: 'owners' },
  { to: '/o/$slug/people', label: words.people, icon: 'people', isFor: 'owners' },
  { to: '/o/$slug/why', label: words.why, icon: 'why', isFor: 'owners' },
  { to: '/o/$slug/synchronizations', label: words.synchronizations, icon: 'sync', isFor: 'members' },
  { to: '/o/$slug/settings', label: words.settings, icon: 'settings', isFor: 'members' },
] as const satisfies readonly {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly isFor: 'owners' | 'maintainers' | 'members';
}[];

/** Those that whoever belongs there has something to see on. */
export const pagesOf = ({ isOwner, addPackages, managePackages }: May) =>
  organizationPages.filter(
    ({ isFor }) =>
      isOwner || isFor === 'members' || (isFor === 'maintainers' && (addPackages || managePackages)),
  );

/** The pages of the whole installation, for its administrators. */
export const installationPages = [
  { to: '/installation', label: installation.organizations, icon: 'team' },
  { to: '/installation/integrations', label: installation.integrations, icon: 'link' },
  { to: '/installation/sign-ins', label: installation.signIns, icon: 'device' },
  { to: '/installation/history', label: installation.history, icon: 'clock' },
  { to: '/installation/settings', label: installation.settings, icon: 'settings' },
] as const satisfies readonly { readonly to: string; readonly label: string; readonly icon: IconName }[];
