/** What can be seen of the small registry from outside. */
import type { HttpAnswer, HttpOptions, Scene } from './scene.ts';

let numberOfLooks = 0;

/** A name that no cache has seen. */
export function fresh(prefix: string): string {
  numberOfLooks += 1;
  return `${prefix}/${numberOfLooks}`;
}

export const isHit = ({ headers }: HttpAnswer) => String(headers['x-cache']).startsWith('Hit');

/** What the echoing function says of the request that reached it; undefined for any other answer. */
export function echoed({ body }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const told: unknown = JSON.parse(body);
    return typeof told === 'object' && told !== null ? { ...told } : undefined;
  } catch {
    return undefined;
  }
}

/** Who answered: the function, or whatever the bucket holds. */
export function answerer(answer: HttpAnswer): string {
  if (echoed(answer) !== undefined) return 'function';
  return answer.body.startsWith('<?xml') ? 'error' : answer.body;
}

/** Seconds for which a copy stays at the edge, in steps of ten. */
export async function secondsAtEdge(scene: Scene, path: string): Promise<number> {
  await scene.cdn(path);
  let seconds = 0;
  do {
    await scene.step(10);
    seconds += 10;
  } while (seconds < 500 && isHit(await scene.cdn(path)));
  return seconds;
}

/** Seconds for which a copy of an object stays at the edge. */
export async function secondsOfFile(scene: Scene, cacheControl?: string): Promise<number> {
  const path = fresh('/files');
  const headers = cacheControl === undefined ? {} : { 'cache-control': cacheControl };
  await scene.put('files', path.slice(1), 'x', headers);
  return secondsAtEdge(scene, path);
}

/** Whether a second request, which differs from the first, is answered from the cache. */
export async function sharesCopy(scene: Scene, one: HttpOptions | string, two: HttpOptions | string) {
  const path = fresh('/files');
  await scene.put('files', path.slice(1), 'x');
  const ask = (variant: HttpOptions | string) =>
    typeof variant === 'string' ? scene.cdn(path + variant) : scene.cdn(path, variant);
  await ask(one);
  return isHit(await ask(two));
}

/** What of a request with everything in it reaches the origin. */
export async function forwarded(scene: Scene, prefix = ''): Promise<string[]> {
  const names = ['forward', 'other', 'key', 'long'];
  const headers = Object.fromEntries(names.map((name) => [`x-${name}`, '1']));
  const query = names.map((name) => `${name}=1`).join('&');
  const cookie = names.map((name) => `${name}=1`).join('; ');
  const answer = await scene.cdn(`${fresh(prefix)}?${query}`, { headers: { ...headers, cookie } });
  const told = echoed(answer);
  const namesIn = (value: unknown) =>
    names.filter((name) => JSON.stringify(value ?? null).includes(`${name}`)).join();
  const toldHeaders = Object.keys(told?.headers ?? {});
  return [
    names.filter((name) => toldHeaders.includes(`x-${name}`)).join(),
    namesIn(told?.rawQueryString),
    namesIn(told?.cookies),
  ];
}

/** An answer's headers of these names. */
export async function headersOf(scene: Scene, prefix: string, ...names: readonly string[]) {
  const { headers } = await scene.cdn(fresh(prefix));
  return names.map((name) => headers[name] ?? null);
}

/** The same key in both buckets, told apart by the content. */
export async function fileAt(scene: Scene, prefix: string): Promise<HttpAnswer> {
  const path = fresh(prefix);
  for (const bucket of ['files', 'spare']) {
    await scene.put(bucket, path.slice(1), bucket);
    await scene.put(bucket, `deep${path}`, `deep ${bucket}`);
  }
  return scene.cdn(path);
}

export async function missing(scene: Scene, prefix = '/files'): Promise<[number, string]> {
  for (const name of ['oops', 'alas']) await scene.put('files', `files/${name}.html`, name);
  const answer = await scene.cdn(fresh(prefix));
  return [answer.status, answerer(answer)];
}

/** Seconds until an object shows that was asked for before it was there, in steps of ten. */
export async function secondsUntilFound(scene: Scene): Promise<number> {
  const path = fresh('/files');
  await missing(scene);
  await scene.cdn(path);
  await scene.put('files', path.slice(1), 'there');
  for (let seconds = 0; seconds < 200; seconds += 10) {
    if ((await scene.cdn(path)).body === 'there') return seconds;
    await scene.step(10);
  }
  return Number.POSITIVE_INFINITY;
}

/** What the edge function reads from its store. */
export async function stored(scene: Scene): Promise<unknown> {
  await scene.putKey(String(scene.cloud.outputs.Store), 'key', 'one');
  await scene.putKey(String(scene.cloud.outputs.OtherStore), 'key', 'two');
  const { status, body } = await scene.cdn('/stored');
  return status === 200 ? body : status;
}
