/**
 * A repository at any URL, read by the version control system's own program. What is opened is the same port that forges have
 * (`ContentReader`, `CommitFinder`), so whatever reads contents needs no other code.
 *
 * The programs are given to repositories and servers that nobody vouches for. So they run with limits, without configuration but ours, and
 * connect only to addresses that were checked before.
 */
import type { VcsKind } from '../domain/vcs-repository.ts';
import type { CommitFinder } from '../forge/containment.ts';
import type { ContentReader } from '../forge/forge.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Programs, RunProgram } from './run-program.ts';
import type { SubversionLayout } from './subversion/layout.ts';

export interface VcsPlace {
  readonly kind: VcsKind;
  /** Without a password. */
  readonly url: string;
  /** Of a repository of Subversion. Default: `usualLayout`. */
  readonly layout?: SubversionLayout | undefined;
}

export type VcsCredential =
  | { readonly kind: 'none' }
  /** @property user default: the one of the URL */
  | { readonly kind: 'ssh-key'; readonly privateKey: Secret<string>; readonly user?: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret<string> }
  /** One header of HTTP, such as `Private-Token`. */
  | { readonly kind: 'token-header'; readonly header: string; readonly value: Secret<string> }
  /** Both as PEM. */
  | { readonly kind: 'client-certificate'; readonly certificate: string; readonly key: Secret<string> };

/** The keys that an SSH server is known by. */
export interface HostKeys {
  /** Lines as in `known_hosts`, without the host: `ssh-ed25519 AAAA…`. Empty: the first key that the server shows is taken. */
  readonly pinned: readonly string[];
}

/** A key that an SSH server has shown. */
export interface SeenHostKey {
  /** As `HostKeys.pinned` has it. */
  readonly line: string;
  /** As OpenSSH writes it: `SHA256:` and 43 characters of base64. */
  readonly fingerprint: string;
}

export interface VcsLimits {
  /** Of one run of a program. */
  readonly seconds: number;
  /** What a repository and everything made of it may take on the disk. */
  readonly diskBytes: number;
  /** Address space of one process. */
  readonly memoryBytes: number;
  /** What a program may print where we keep it in memory. */
  readonly outputBytes: number;
  /** Of one archive. */
  readonly archiveBytes: number;
  /** Tags and branches of one repository. */
  readonly refs: number;
}

/** What a function has: enough for any repository that people install packages from. */
export const defaultLimits: VcsLimits = {
  seconds: 600,
  diskBytes: 8 * 1024 ** 3,
  memoryBytes: 2 * 1024 ** 3,
  outputBytes: 64 * 1024 ** 2,
  archiveBytes: 2 * 1024 ** 3,
  refs: 50_000,
};

/** Which hosts may be asked, beyond public ones over encrypted protocols. */
export interface HostPolicy {
  /** Whether the host may have an address of a private network. */
  allowsPrivate(host: string): boolean;
  /** Whether the host may be asked without encryption: http, git and svn. */
  allowsHttp(host: string): boolean;
  /**
   * Whether even a host that may be private must not be this machine, or one that only its own link reaches: there are what runs functions and
   * what gives machines of a cloud their credentials. Default: no.
   */
  readonly refusesMachine?: boolean | undefined;
  /** Whether repositories may be folders of this machine. */
  readonly allowsFile: boolean;
  /** The addresses of a host. Default: as the operating system has them. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

export interface VcsServices {
  /**
   * A folder of this reading alone, empty and of mode 0700, without spaces in its path. Whoever made it removes it afterwards; there are
   * files with credentials in it.
   */
  readonly workFolder: string;
  /** What may be kept between readings on one machine, for this place and credential alone. */
  readonly cacheFolder?: string | undefined;
  readonly run: RunProgram;
  readonly programs: Programs;
  readonly policy: HostPolicy;
  readonly limits: VcsLimits;
  /** Of an SSH server. */
  readonly hostKeys: HostKeys;
  /** A file with certificates of authorities that this machine does not know, as PEM. */
  readonly authorities?: string | undefined;
}

/** A repository that was opened. It ignores the ids that it is asked for: there is only one. */
export interface VcsReader extends ContentReader, CommitFinder {
  /** The key that the SSH server has shown, to be pinned; undefined before the first connection, and for other protocols. */
  seenHostKey(): Promise<SeenHostKey | undefined>;
}

/**
 * Opens a repository. Nothing is asked yet.
 *
 * @throws ForgeError when the URL, or the credential for it, is nothing that the program can be given: the message says what is
 */
export type OpenVcs = (
  place: VcsPlace,
  credential: VcsCredential,
  services: VcsServices,
) => Promise<VcsReader>;
