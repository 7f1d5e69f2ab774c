/** The pages of the settings, for their navigation. */
import { settingsWords } from '../../words/settings.ts';

const { titles } = settingsWords;

export const settingsPages = [
  { to: '/o/$slug/settings', label: titles.general, isForOwners: false },
  { to: '/o/$slug/settings/access', label: titles.access, isForOwners: true },
  { to: '/o/$slug/settings/synchronizations', label: titles.synchronizations, isForOwners: true },
  { to: '/o/$slug/settings/integrations', label: titles.integrations, isForOwners: true },
  { to: '/o/$slug/settings/credentials', label: titles.credentials, isForOwners: true },
  { to: '/o/$slug/settings/tokens', label: titles.tokens, isForOwners: true },
  { to: '/o/$slug/settings/api-keys', label: titles['api-keys'], isForOwners: true },
  { to: '/o/$slug/settings/history', label: titles.history, isForOwners: true },
  { to: '/o/$slug/settings/emergency-stop', label: titles['emergency-stop'], isForOwners: true },
] as const;
