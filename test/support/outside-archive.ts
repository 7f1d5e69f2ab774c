/** A third party's web server with one archive, over TLS with its own certificate. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OutsideArchive {
  readonly url: string;
  /** PEM file of the certificate that a client has to trust. */
  readonly certificate: string;
  /** Requests so far. */
  requests(): number;
  close(): Promise<void>;
}

/** Serves one archive. @param archive its bytes */
export async function serveOutsideArchive(archive: Buffer): Promise<OutsideArchive> {
  const folder = mkdtempSync(join(tmpdir(), 'outside-test-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-keyout', key, '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...made],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let requests = 0;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/zip').end(archive);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) {
    throw new Error('the server listens on no port');
  }
  return {
    url: `https://127.0.0.1:${address.port}/release.zip`,
    certificate,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
