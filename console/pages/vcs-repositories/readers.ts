/** Who may install from a repository at a URL, as it is chosen in a form. */
import type { Schemas } from '../../api/client.ts';

export const readerKinds = ['everyone', 'teams', 'nobody'] as const;
export type ReaderKind = (typeof readerKinds)[number];

export interface ReadersForm {
  readonly kind: ReaderKind;
  /** Kept while another kind is chosen. */
  readonly teams: readonly Schemas['NamedTeam'][];
}

export const formOf = ({ everyone, teams }: Schemas['VcsRepository']['readers']): ReadersForm => ({
  kind: everyone ? 'everyone' : teams.length > 0 ? 'teams' : 'nobody',
  teams,
});

/** What the API takes of it. */
export const readersOf = ({ kind, teams }: ReadersForm): Schemas['VcsReadersAsked'] => ({
  everyone: kind === 'everyone',
  teams: kind === 'teams' ? teams.map(({ id }) => id) : [],
});
