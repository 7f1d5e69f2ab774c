/** Reads the composer.json of a commit. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/ */
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { decodedManifest } from '../blob-text.ts';
import { unlessMissing } from '../errors.ts';
import { pathOf, repositoryRoute } from './repository.ts';
import type { Requests } from './requests.ts';

const file = 'composer.json';
const sourceRoute = `${repositoryRoute}/src/:commit/:path`;
const metaSchema = z.object({ type: z.string(), attributes: z.array(z.string()).default([]) });

/** What git has in place of a file in LFS, which Bitbucket redirects to: it is no manifest. */
const inLfs: ManifestText = { manifest: 'version https://git-lfs.github.com/spec/v1\n' };

/** The manifest at a commit. A symbolic link is sent as the path that it leads to, which is no JSON: such a text is looked at closer. */
export async function readManifest(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
  path = file,
): Promise<ManifestText> {
  const route = { route: sourceRoute, path: { ...pathOf(repository), commit, path } };
  const sent = await unlessMissing(requests.file(route));
  if (sent === undefined) {
    return path === file
      ? { manifest: undefined }
      : { manifest: undefined, manifestProblem: 'link-to-nothing' };
  }
  if (sent.is === 'redirect') {
    return inLfs;
  }
  if (sent.is === 'file' && sent.bytes.byteLength > manifestBytesMax) {
    return { manifest: undefined, manifestProblem: 'too-large' };
  }
  const text = decodedManifest(sent.bytes);
  if (sent.is === 'file' && text.manifest?.trimStart().startsWith('{') === true) {
    return text;
  }
  const meta = await requests.get({ ...route, query: { format: 'meta' } }, metaSchema);
  if (meta.type === 'commit_directory') {
    return { manifest: undefined, manifestProblem: path === file ? 'folder' : 'link-to-folder' };
  }
  if (meta.attributes.includes('subrepository')) {
    return { manifest: undefined, manifestProblem: path === file ? 'submodule' : 'link-to-submodule' };
  }
  if (!meta.attributes.includes('link')) {
    return text;
  }
  if (path !== file) {
    return { manifest: undefined, manifestProblem: 'link-to-link' };
  }
  const target = new URL(text.manifest ?? '', 'http://host/').pathname.slice(1);
  return /^(\/|\.\.)/.test(text.manifest ?? '')
    ? { manifest: undefined, manifestProblem: 'link-to-outside' }
    : readManifest(requests, repository, commit, decodeURIComponent(target));
}
