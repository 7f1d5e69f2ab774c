import { authorize, type EdgeRequest, type EdgeResponse, type KeyValues } from './authorize.ts';

/** What the runtime gives; the bundler writes its `import` and `require` into the script's first lines. */
declare const cf: { kvs(): KeyValues };
declare const crypto: {
  createHash(algorithm: 'sha256'): { update(text: string): { digest(encoding: 'base64url'): string } };
};

const store = cf.kvs();

function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('base64url');
}

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by its name
async function handler(event: { request: EdgeRequest }): Promise<EdgeRequest | EdgeResponse> {
  const answer = await authorize(event.request, store, sha256, Date.now());
  return answer;
}
