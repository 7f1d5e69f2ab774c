/** `hg serve`. */
import { freePort, type Started, startServer } from './programs.ts';

export async function serveMercurial(repository: string): Promise<Started & { readonly port: number }> {
  const port = await freePort();
  const args = ['serve', '-R', repository, '-a', '127.0.0.1', '-p', String(port)];
  const started = await startServer('hg', args, { port, env: { ...process.env, HGRCPATH: '' } });
  return { ...started, port };
}
