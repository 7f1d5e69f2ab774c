import { configLine, repositoryLines } from './composer-auth.ts';

interface Shown {
  readonly slug: string;
  /** Of the repository, for Composer. */
  readonly url: string;
  readonly secret: string;
  /** A package to begin with. */
  readonly example: string | undefined;
}

/** What makes Composer install from an organization, without comments: not every shell takes them in what is typed. */
export const linesToPaste = ({ slug, url, secret, example = 'vendor/name' }: Shown): readonly string[] => [
  ...repositoryLines(slug, url),
  configLine({ url, secret }),
  `composer require ${example}`,
];
