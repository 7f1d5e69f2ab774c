/** What happened before `npm start` is ready, and what happens while it runs. See docs/worlds.md. */
export interface WorldStory {
  /** The organizations on GitHub are connected so many days before now. */
  readonly days: number;
  /** What Composer reports on each of these days: by login, and by package the normalized versions, which take turns. */
  readonly installs?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Steps with a day. */
  readonly past?: readonly WorldStep[];
  /** Steps after everything else is connected. */
  readonly present?: readonly WorldStep[];
}

export interface WorldStep {
  /** So many days before now. */
  readonly day?: number;
  /** The code host of the change or the fault; `github` if left out. */
  readonly on?: 'github' | 'gitlab' | 'bitbucket';
  /** As the control route takes it. */
  readonly change?: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly fault?: { readonly kind: string } & Readonly<Record<string, unknown>>;
  /** To the API, in the name of the first organization's first owner. */
  readonly request?: WorldRequest;
}

export interface WorldRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. The name of a code host in braces is the id of the organization's synchronization there. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** How an owner connects a group or a workspace. */
export interface WorldConnection {
  /** Nobody does, so that somebody can try it. */
  readonly unconnected?: true;
  /** Slug of the organization that it is added to; left out, it becomes one of its own. */
  readonly organization?: string;
  /** Which of its repositories become packages by that: all, if left out, or none. */
  readonly repositories?: 'all' | 'later';
  /** It is read with an access token that ends in so many days, and not with what the owner grants. */
  readonly tokenDays?: number;
}
