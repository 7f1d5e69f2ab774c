/** A person's browser at the plain pages, who has just signed in. */
import { answerPage } from '../../functions/serve-api/pages/answer-page.ts';
import type { UserId } from '../../shared/domain/ids.ts';
import type { HttpAnswer } from '../../shared/runtime/http-message.ts';
import { formTokenFor } from '../../shared/sessions/form-token.ts';
import { startSession } from '../../shared/sessions/session.ts';
import { type ApiWorld, consoleBaseUrl } from './api-world.ts';

export interface PageVisitor {
  get(path: string): Promise<HttpAnswer>;
  /** With the form token of the session, unless the form has another. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer>;
}

export async function pageVisitor({ dependencies, now }: ApiWorld, user: UserId): Promise<PageVisitor> {
  const { signedIn, setCookies } = await startSession(dependencies, {
    ...{ user, authenticatedAt: now(), address: '198.51.100.7', userAgent: 'test' },
  });
  const cookies = new Map(
    setCookies.map((cookie) => (cookie.split(';')[0] ?? '').split('=') as [string, string]),
  );
  const ask = (method: string, path: string, form: Record<string, string> = {}, headers = {}) =>
    answerPage(dependencies, {
      ...{ method, path, parameters: {}, query: new URLSearchParams(), cookies },
      headers: { 'x-repertoire-viewer': '198.51.100.7', ...headers },
      body: Buffer.from(new URLSearchParams(form).toString()),
    });
  return {
    get: (path) => ask('GET', path),
    post: async (path, form, headers = { origin: consoleBaseUrl }) =>
      ask(
        'POST',
        path,
        { 'form-token': await formTokenFor(dependencies, signedIn.session), ...form },
        headers,
      ),
  };
}
