/**
 * Version constraints: a port of `VersionParser::parseConstraints` of composer/semver at tag 3.4.4, as far as a registry needs it: whether
 * a text is a constraint. The parsed constraint is only compared with upstream's own test cases.
 */

import { asciiLower, END, phpTrim, SPACE, SPACES, trimEnd, trimStart } from './php-text.ts';
import {
  InvalidVersionError,
  MODIFIER,
  normalizeVersion,
  parseStability,
  STABILITIES,
  withoutAlias,
} from './version.ts';

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** One comparison with a normalized version. */
export interface Comparison {
  readonly operator: Operator;
  readonly version: string;
}

/** One term of a constraint: a comparison, or `*`. */
export type Term = Comparison | 'any';

/** A parsed constraint: alternatives, each a list of terms that must all hold. */
export type Constraint = readonly (readonly Term[])[];

const VERSION =
  `v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:\\.(\\d+))?(?:${MODIFIER}|\\.([xX*][.-]?dev))` +
  `(?:\\+[^${SPACE}]+)?`;
const AND = new RegExp(`(?<!^|as|[=>< ,]) *(?<!-)[, ](?!-) *(?!,|as|${END})`);
const STABILITY_FLAG = new RegExp(`^([^,${SPACE}]*?)@(${STABILITIES})${END}`, 'i');
const REFERENCE = new RegExp(`^(dev-[^,${SPACE}@]+?|[^,${SPACE}@]+?\\.x-dev)#[^\\n]+${END}`, 'i');
const ANYTHING = new RegExp(`^(v)?[xX*](\\.[xX*])*${END}`, 'i');
const TILDE = new RegExp(`^~>?${VERSION}${END}`, 'i');
const CARET = new RegExp(`^\\^${VERSION}${END}`, 'i');
const WILDCARD = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:\\.[xX*])+${END}`);
const HYPHEN = new RegExp(`^(${VERSION}) +- +(${VERSION})${END}`, 'i');
const BASIC = new RegExp(`^(<>|!=|>=?|<=?|==?)?[${SPACE}]*([^\\n]*)`);
const SUFFIXED = new RegExp(`-${MODIFIER}${END}`);

/**
 * Whether Composer can parse the text as a constraint. One that it cannot parse makes clients refuse the whole package. `self.version` is
 * not a constraint by itself: callers that allow it must check for it first.
 */
export function isValidConstraint(text: string): boolean {
  try {
    parseConstraint(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidVersionError) return false;
    throw error;
  }
}

/**
 * Parses a constraint into comparisons.
 *
 * @throws InvalidVersionError with Composer's message if it is invalid.
 */
export function parseConstraint(text: string): Constraint {
  return alternatives(phpTrim(text)).map((alternative) => alternative.split(AND).flatMap(parseTerm));
}

/** Splits at `|` and `||` with the spaces around them; spaces at the ends of the text do not belong to a separator and are kept. */
function alternatives(text: string): string[] {
  const parts = text.split(/\|\|?/);
  return parts.map((part, index) => {
    const open = index === 0 ? part : trimStart(part, SPACES);
    return index === parts.length - 1 ? open : trimEnd(open, SPACES);
  });
}

function parseTerm(text: string): Term[] {
  let constraint = withoutAlias(text);
  let stability: string | undefined;
  const flag = STABILITY_FLAG.exec(constraint);
  if (flag !== null) {
    constraint = flag[1] || '*';
    if (flag[2] !== 'stable') stability = flag[2];
  }
  constraint = REFERENCE.exec(constraint)?.[1] ?? constraint;

  const anything = ANYTHING.exec(constraint);
  if (anything !== null) {
    return anything[1] || anything[2] ? [{ operator: '>=', version: '0.0.0.0-dev' }] : ['any'];
  }
  return (
    tilde(constraint) ??
    caret(constraint) ??
    wildcard(constraint) ??
    hyphen(constraint) ?? [basic(constraint, stability)]
  );
}

/** `~1.2` up to the next significant release. */
function tilde(constraint: string): Term[] | undefined {
  const match = TILDE.exec(constraint);
  if (match === null) return undefined;
  if (constraint.startsWith('~>')) {
    throw new InvalidVersionError(
      `Could not parse version constraint ${constraint}: Invalid operator "~>", you probably meant to use the "~" operator`,
    );
  }
  const [, , minor, patch, fourth, , , , branch] = match;
  // `2.x-dev` and `3.0.x-dev` shift a missing number.
  const position = (fourth ? 4 : patch ? 3 : minor ? 2 : 1) + (branch ? 1 : 0);
  return range(constraint, match, Math.max(1, position - 1));
}

/** `^1.2`: excludes changes of the left-most non-zero number. */
function caret(constraint: string): Term[] | undefined {
  const match = CARET.exec(constraint);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return range(constraint, match, major !== '0' || !minor ? 1 : minor !== '0' || !patch ? 2 : 3);
}

function range(constraint: string, match: RegExpExecArray, position: number): Term[] {
  const [, , , , , stability, , dev, branch] = match;
  const suffix = stability || dev || branch ? '' : '-dev';
  return [
    { operator: '>=', version: normalizeVersion((constraint + suffix).slice(1)) },
    { operator: '<', version: `${numbers(match, position, 1)}-dev` },
  ];
}

/** `1.2.*` */
function wildcard(constraint: string): Term[] | undefined {
  const match = WILDCARD.exec(constraint);
  if (match === null) return undefined;
  const position = match[3] ? 3 : match[2] ? 2 : 1;
  const low = `${numbers(match, position, 0)}-dev`;
  const below: Term = { operator: '<', version: `${numbers(match, position, 1)}-dev` };
  return low === '0.0.0.0-dev' ? [below] : [{ operator: '>=', version: low }, below];
}

/** `1.2 - 2.3`, both ends included; a short upper end includes all versions that start with it. */
function hyphen(constraint: string): Term[] | undefined {
  const match = HYPHEN.exec(constraint);
  if (match === null) return undefined;
  const [, from = '', , , , , fromStability, , fromDev, fromBranch, to = ''] = match;
  const [major, minor, patch, fourth, stability, , dev, branch] = match.slice(11);
  const suffix = fromStability || fromDev || fromBranch ? '' : '-dev';
  const low: Term = { operator: '>=', version: normalizeVersion(from) + suffix };
  const upper = normalizeVersion(to);
  if ((minor && patch) || stability || dev || branch) return [low, { operator: '<=', version: upper }];
  const parts = ['', major, minor, patch, fourth];
  return [low, { operator: '<', version: `${numbers(parts, minor ? 2 : 1, 1)}-dev` }];
}

/** An operator and a version, or a version alone. */
function basic(constraint: string, stability: string | undefined): Comparison {
  const [, sign, text = ''] = BASIC.exec(constraint) ?? [];
  let version: string;
  try {
    version = normalizeOrBranch(text);
  } catch (error) {
    if (!(error instanceof InvalidVersionError)) throw error;
    throw new InvalidVersionError(`Could not parse version constraint ${constraint}: ${error.message}`);
  }
  if (
    sign !== undefined &&
    sign !== '=' &&
    sign !== '==' &&
    stability &&
    parseStability(version) === 'stable'
  ) {
    version += `-${stability}`;
  } else if (
    (sign === '<' || sign === '>=') &&
    !SUFFIXED.test(asciiLower(text)) &&
    !text.startsWith('dev-')
  ) {
    version += '-dev';
  }
  return { operator: operatorOf(sign), version };
}

/** Normalizes a version or branch. `foobar-dev` was once allowed for `dev-foobar`, and still is for simple names. */
function normalizeOrBranch(text: string): string {
  try {
    return normalizeVersion(text);
  } catch (error) {
    if (!text.endsWith('-dev') || !new RegExp(`^[0-9a-zA-Z./-]+${END}`).test(text)) throw error;
    return normalizeVersion(`dev-${text.slice(0, -4)}`);
  }
}

function operatorOf(sign: string | undefined): Operator {
  switch (sign) {
    case '<>':
    case '!=':
      return '!=';
    case '<':
    case '<=':
    case '>':
    case '>=':
      return sign;
    default:
      return '==';
  }
}

/** Four numbers: those of the match up to `position` (which is raised by `increment`), then zeros. */
function numbers(match: readonly (string | undefined)[], position: number, increment: 0 | 1): string {
  return [1, 2, 3, 4]
    .map((index) => {
      const number = match[index] ?? '';
      if (index > position) return '0';
      return index === position && increment ? raised(number) : number;
    })
    .join('.');
}

/** `$number + 1` in PHP: beyond 64 bits it becomes a float, written with 14 digits. */
function raised(number: string): string {
  const next = BigInt(number) + 1n;
  if (next <= 0x7fff_ffff_ffff_ffffn) return next.toString();
  const [mantissa = '', exponent = ''] = Number(next).toExponential(13).split('e+');
  return `${mantissa.replace(/0+$/, '').replace(/\.$/, '.0')}E+${exponent}`;
}
