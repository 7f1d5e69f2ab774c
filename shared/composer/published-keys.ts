/**
 * What a registry says about a version besides what it knows itself: the keys of a manifest that Composer's `ArrayLoader`
 * (composer/composer at tag 2.10.2) reads from a repository, without those that only the registry may set (`name`, `version`,
 * `source`, `dist` (see outside-code.ts), `time`, `default-branch`, `notification-url`) or that only an installed package has.
 */
export const MANIFEST_KEYS = [
  'description',
  'keywords',
  'homepage',
  'license',
  'authors',
  'type',
  'support',
  'php-ext',
  'funding',
  'autoload',
  'autoload-dev',
  'extra',
  'target-dir',
  'include-path',
  'bin',
  'require',
  'require-dev',
  'suggest',
  'conflict',
  'provide',
  'replace',
  'scripts',
  'archive',
  'abandoned',
] as const;
