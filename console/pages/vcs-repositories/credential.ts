/** What is filled in to read a repository at a URL with. */
import type { VcsKind } from '../../../shared/domain/vcs-repository.ts';
import { parseVcsUrl } from '../../../shared/domain/vcs-url.ts';
import type { Schemas } from '../../api/client.ts';

export type Credential = Schemas['VcsCredential'];
export type CredentialKind = Credential['kind'];

/** Of every kind, so that what was typed stays while somebody looks at another. */
export interface CredentialForm {
  readonly kind: CredentialKind;
  readonly username: string;
  readonly password: string;
  readonly header: string;
  readonly value: string;
  readonly certificate: string;
  readonly key: string;
}

export const emptyCredential: CredentialForm = {
  ...{ kind: 'none', username: '', password: '', header: 'Private-Token', value: '' },
  ...{ certificate: '', key: '' },
};

/** What the API takes of it. */
export function credentialOf(form: CredentialForm): Credential {
  const { kind, username, password, header, value, certificate, key } = form;
  switch (kind) {
    case 'none':
    case 'ssh-key':
      return { kind };
    case 'basic':
      return { kind, username: username.trim(), password };
    case 'token-header':
      return { kind, header: header.trim(), value: value.trim() };
    case 'client-certificate':
      return { kind, certificate: certificate.trim(), key: key.trim() };
  }
}

/** What an address says of how it is read. */
export interface Address {
  /** As far as it can be guessed. */
  readonly kind: VcsKind;
  /** Git and Subversion have a protocol of their own, which is for no other program. */
  readonly isKindCertain: boolean;
  readonly isEncrypted: boolean;
  /** What it can be read with; the usual one first. */
  readonly credentials: readonly [CredentialKind, ...CredentialKind[]];
}

const credentials = {
  ssh: ['ssh-key'],
  web: ['none', 'basic', 'token-header', 'client-certificate'],
  git: ['none'],
  svn: ['none', 'basic'],
} as const satisfies Readonly<Record<string, Address['credentials']>>;

/** Names that servers of Mercurial and Subversion often have in their addresses. */
const hints: readonly (readonly [RegExp, VcsKind])[] = [
  [/\/\/(?:[^/@]*@)?svn\.|\/svn\/|\/(?:trunk|branches|tags)\/?$/i, 'svn'],
  [/\/\/(?:[^/@]*@)?hg\.|\/hg\//i, 'hg'],
];

/** What can be told of an address while it is typed; undefined for what is none. */
export function addressOf(text: string): Address | undefined {
  const parsed = parsedUrl(text);
  if (parsed === undefined) {
    return undefined;
  }
  const { protocol } = new URL(parsed.url);
  const isKindCertain = ['git:', 'svn:', 'svn+ssh:'].includes(protocol);
  const hinted = hints.find(([pattern]) => pattern.test(parsed.url))?.[1];
  return {
    kind: isKindCertain ? parsed.kind : (hinted ?? parsed.kind),
    isKindCertain,
    isEncrypted: !['http:', 'git:', 'svn:'].includes(protocol),
    credentials: credentialsOf(protocol),
  };
}

function parsedUrl(text: string): ReturnType<typeof parseVcsUrl> | undefined {
  try {
    return parseVcsUrl(text);
  } catch {
    return undefined;
  }
}

function credentialsOf(protocol: string): Address['credentials'] {
  switch (protocol) {
    case 'ssh:':
    case 'svn+ssh:':
      return credentials.ssh;
    case 'git:':
      return credentials.git;
    case 'svn:':
      return credentials.svn;
    default:
      return credentials.web;
  }
}
