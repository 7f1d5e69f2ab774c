import { configLine, repositoryLine } from '../../components/composer-auth.ts';
import { connectWords } from '../../words/connect.ts';

interface Shown {
  readonly slug: string;
  /** Of the repository, for Composer. */
  readonly url: string;
  readonly secret: string;
  /** A package to begin with. */
  readonly example: string | undefined;
}

/** What makes Composer install from an organization. https://getcomposer.org/doc/articles/authentication-for-private-packages.md */
export function linesToPaste({ slug, url, secret, example = 'vendor/name' }: Shown): readonly string[] {
  return [
    ...(new URL(url).protocol === 'http:'
      ? [`composer config secure-http false  # ${connectWords.install.secureHttp}`]
      : []),
    repositoryLine(slug, url),
    configLine({ url, secret }),
    `composer require ${example}`,
  ];
}
