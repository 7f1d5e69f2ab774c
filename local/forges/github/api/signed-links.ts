import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../state.ts';

const LIFETIME_SECONDS = 300;

/** What a link to an archive identifies. */
export interface ArchiveLink {
  readonly repositoryId: number;
  readonly ref: string;
}

function mac(app: App, text: string): Buffer {
  return createHmac('sha256', `codeload ${app.privateKey}`).update(text).digest();
}

/**
 * Signs a path on the download host that works for five minutes without any credential
 * (https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-zip).
 *
 * @param now milliseconds
 */
export function signArchivePath(app: App, fullName: string, target: ArchiveLink, now: number): string {
  const expires = Math.floor(now / 1000) + LIFETIME_SECONDS;
  const text = `${target.repositoryId} ${expires} ${target.ref}`;
  const token = `${target.repositoryId}.${expires}.${mac(app, text).toString('base64url')}`;
  const ref = target.ref.split('/').map(encodeURIComponent).join('/');
  return `/_signed/${fullName}/legacy.zip/${ref}?token=${token}`;
}

/** Verifies such a path; undefined if it is not ours, was changed or has expired. */
export function readArchivePath(app: App, url: URL, now: number): ArchiveLink | undefined {
  const path = /^\/_signed\/[^/]+\/[^/]+\/legacy\.zip\/(.+)$/.exec(url.pathname)?.[1];
  const [repositoryId = '', expires = '', given = ''] = (url.searchParams.get('token') ?? '').split('.');
  if (path === undefined || Number(expires) * 1000 < now) return undefined;
  let ref: string;
  try {
    ref = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const expected = mac(app, `${repositoryId} ${expires} ${ref}`);
  const actual = Buffer.from(given, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  return { repositoryId: Number(repositoryId), ref };
}
