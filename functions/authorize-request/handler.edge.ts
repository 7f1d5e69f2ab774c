import { type KeyValues, runOn } from './authorize.ts';

/** Provided by CloudFront; the bundler writes `import` and `require` into the script's first lines. */
declare const cf: { kvs(): KeyValues };
declare const crypto: {
  createHash(algorithm: 'sha256'): { update(text: string): { digest(encoding: 'base64url'): string } };
};

runOn({ store: cf.kvs(), sha256: sha256, now: Date.now });

function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('base64url');
}
