/**
 * Which version a tag or a branch would be, before its manifest is checked: the rules for names in composer/composer
 * `src/Composer/Repository/VcsRepository.php` at tag 2.10.2.
 */

import { isValidConstraint } from './constraint.ts';
import { parseManifest } from './manifest.ts';
import { shortened } from './owner-message.ts';
import { asciiLower, END } from './php-text.ts';
import { isScalar, isSet, type JsonObject, phpString } from './php-value.ts';
import {
  type ManifestProblem,
  manifestBytesMax,
  type RefName,
  type ScannedRef,
  type SkippedRef,
} from './scanned-repository.ts';
import { InvalidVersionError, normalizeBranch, normalizeVersion, parseStability } from './version.ts';
import { versionIdentity } from './version-compare.ts';

/** A ref that becomes a version if its manifest is valid and no earlier ref has that version. */
export interface VersionCandidate {
  readonly ref: RefName;
  readonly scanned: ScannedRef;
  readonly version: string;
  readonly versionNormalized: string;
  readonly isDefaultBranch: boolean;
  readonly manifest: JsonObject;
  /** Two candidates are the same version if a key of the earlier one is in `mustBeFree` of the later one. */
  readonly keys: readonly string[];
  readonly mustBeFree: readonly string[];
}

const DEV_SUFFIX = new RegExp(`[.-]?dev${END}`, 'i');

const manifestProblems: Readonly<Record<ManifestProblem, string>> = {
  'not-utf-8': 'is not UTF-8, which JSON has to be. Save it in that encoding',
  'too-large': `is larger than ${manifestBytesMax / 1024 / 1024} MB, more than any manifest needs`,
  folder: 'is a folder',
  submodule: 'is a submodule',
  'link-to-outside': 'is a symbolic link that leads out of the repository',
  'link-to-nothing': 'is a symbolic link to a file that is not there',
  'link-to-link': 'is a symbolic link to another link, which is not followed',
  'link-to-folder': 'is a symbolic link to a folder',
  'link-to-submodule': 'is a symbolic link to a submodule',
  'link-in-folder': 'is a symbolic link, which is not followed in folders below the root',
};

/** Composer 1's name for a default branch. */
const DEFAULT_BRANCH_ALIAS = '9999999-dev';

/** A tag gives the version in its name (without `release-`), unless the manifest contradicts it. */
export function tagCandidate(scanned: ScannedRef): VersionCandidate | SkippedRef {
  const ref: RefName = { kind: 'tag', name: scanned.name };
  const skip = (reason: string, isError: boolean): SkippedRef => ({ ref, reason, isError });
  const name = (scanned.versionName ?? scanned.name).replaceAll('release-', '');
  const normalizedTag = normalizedOrUndefined(name);
  if (normalizedTag === undefined) return skip(`"${scanned.name}" is not a version number.`, false);
  if (parseStability(normalizedTag) === 'dev') {
    return skip(`"${scanned.name}" names a development version, which only branches can be.`, false);
  }
  const found = manifestOf(ref, scanned);
  if ('skipped' in found) return found.skipped;
  const { manifest } = found;
  const { version: own } = manifest;
  const text = isScalar(own) ? phpString(own) : name;
  const normalizedOwn = isSet(own) && !isScalar(own) ? undefined : normalizedOrUndefined(text);
  if (normalizedOwn === undefined) {
    return skip(
      `composer.json sets the version ${shortened(JSON.stringify(own))}, which is not a version number.`,
      true,
    );
  }
  const versionNormalized = normalizedOwn.replace(/^dev-/i, '').replace(DEV_SUFFIX, '');
  if (versionNormalized !== normalizedTag) {
    return skip(
      `The tag means ${normalizedTag}, but composer.json sets the version "${shortened(text)}".`,
      true,
    );
  }
  return {
    ref,
    scanned,
    version: text.replace(DEV_SUFFIX, ''),
    versionNormalized,
    isDefaultBranch: false,
    manifest,
    keys: [spelling(versionNormalized), meaning(versionNormalized)],
    // Composer looks for a version equal to the new one parsed as a constraint, which pads a short date.
    mustBeFree: [
      spelling(versionNormalized),
      meaning(normalizedOrUndefined(versionNormalized) ?? versionNormalized),
    ],
  };
}

/** A branch gives `<numbers>.x-dev` if its name has that form, else `dev-<name>`; a version in its manifest is ignored. */
export function branchCandidate(
  scanned: ScannedRef,
  isDefaultBranch: boolean,
): VersionCandidate | SkippedRef {
  const ref: RefName = { kind: 'branch', name: scanned.name };
  if (scanned.leftOut !== undefined) return { ref, reason: scanned.leftOut, isError: false };
  const normalized = normalizeBranch(scanned.name);
  if (!isValidConstraint(normalized)) {
    return {
      ref,
      reason: `No version can be named after "${scanned.name}": it has characters that mean something else in version constraints.`,
      isError: false,
    };
  }
  const isNamed = normalized.startsWith('dev-') || normalized === DEFAULT_BRANCH_ALIAS;
  // A `#` would start a commit reference.
  const versionNormalized = isNamed ? normalized.replaceAll('#', '+') : normalized;
  const version = isNamed
    ? `dev-${scanned.name.replaceAll('#', '+')}`
    : `${scanned.name.startsWith('v') ? 'v' : ''}${normalized.replace(/(?:\.9{7})+/g, '.x')}`;
  const found = manifestOf(ref, scanned);
  if ('skipped' in found) return found.skipped;
  const { manifest } = found;
  return {
    ref,
    scanned,
    version,
    versionNormalized,
    isDefaultBranch,
    manifest,
    keys: [spelling(versionNormalized)],
    mustBeFree: [spelling(versionNormalized)],
  };
}

/** Packagist keeps one of several versions that differ only in case. */
function spelling(versionNormalized: string): string {
  return `spelling ${asciiLower(versionNormalized)}`;
}

/** Composer keeps one of several versions that compare as equal. */
function meaning(versionNormalized: string): string {
  return `meaning ${versionIdentity(versionNormalized)}`;
}

function manifestOf(
  ref: RefName,
  scanned: ScannedRef,
): { readonly manifest: JsonObject } | { readonly skipped: SkippedRef } {
  if (scanned.manifestProblem !== undefined) {
    const reason = `composer.json ${manifestProblems[scanned.manifestProblem]}.`;
    return { skipped: { ref, reason, isError: true } };
  }
  if (scanned.manifest === undefined) {
    return { skipped: { ref, reason: 'There is no composer.json in it.', isError: false } };
  }
  const parsed = parseManifest(scanned.manifest);
  if (parsed.ok) return { manifest: parsed.manifest };
  const isError = parsed.problem !== 'empty';
  return { skipped: { ref, reason: `composer.json ${parsed.reason}.`, isError } };
}

function normalizedOrUndefined(version: string): string | undefined {
  try {
    return normalizeVersion(version);
  } catch (error) {
    if (error instanceof InvalidVersionError) return undefined;
    throw error;
  }
}
