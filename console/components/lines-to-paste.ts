import { configLine, repositoryLine } from './composer-auth.ts';

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
  ...(new URL(url).protocol === 'http:' ? ['composer config secure-http false'] : []),
  repositoryLine(slug, url),
  configLine({ url, secret }),
  `composer require ${example}`,
];
