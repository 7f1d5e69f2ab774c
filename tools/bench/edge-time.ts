/**
 * What the edge's decision costs, in an engine like CloudFront's: as a multiple of a function that parses the same event and gives the
 * request back, so that one machine's figure says something about another's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { njsIsInstalled } from '../../functions/authorize-request/edge-engines.ts';
import { basic, edgeValues, tokens } from '../../functions/authorize-request/edge-fixture.ts';
import { bundleEdge } from '../../infra/bundle.ts';

export interface EdgeTime {
  readonly path: string;
  /** Microseconds of processor time, parsing of the event included. */
  readonly empty: number;
  readonly decided: number;
  /** The second as a multiple of the first. */
  readonly ratio: number;
}

/** The decision may take so many times what an empty function takes. */
export const ratioMax = 4;

const commit = '0123456789abcdef0123456789abcdef01234567';
const paths = [
  '/acme/packages.json',
  '/acme/p2/acme/seven.json',
  '/acme/p2/acme/eight%7Edev.json',
  `/acme/dists/acme/seven/${commit}.zip`,
];

/** Another process in the caches slows the two unequally, so what looks too slow is measured again, so many times in all. */
const triesMax = 3;

/**
 * @param events how many events each function gets
 * @param rounds of them, of which the fastest counts: what else runs on the machine only slows
 * @returns undefined where there is no njs, or no processor time of children to be read (on other systems than Linux)
 */
export async function measureEdgeTime(events = 10_000, rounds = 3): Promise<readonly EdgeTime[] | undefined> {
  if (!njsIsInstalled() || childrenMs() === undefined) return undefined;
  const [, ...script] = (await bundleEdge()).split('\n');
  return paths.map((path) => {
    const microseconds = (called: string): number =>
      (processorMs(program(script.join('\n'), path, called, events)) * 1000) / events;
    const fastest = { empty: Number.POSITIVE_INFINITY, decided: Number.POSITIVE_INFINITY };
    for (let tries = 0; tries < triesMax * rounds; tries++) {
      fastest.empty = Math.min(fastest.empty, microseconds('empty'));
      fastest.decided = Math.min(fastest.decided, microseconds('handler'));
      const isWhole = (tries + 1) % rounds === 0;
      if (isWhole && fastest.decided / fastest.empty <= ratioMax) break;
    }
    return { path, ...fastest, ratio: fastest.decided / fastest.empty };
  });
}

/** Which of them take too long. */
export const tooSlow = (times: readonly EdgeTime[]): readonly EdgeTime[] =>
  times.filter(({ ratio }) => ratio > ratioMax);

export function edgeTimeLines(times: readonly EdgeTime[] | undefined): readonly string[] {
  if (times === undefined) return ["The edge's decision was not measured: it takes njs, on Linux."];
  return [
    `The edge's decision in njs, as a multiple of an empty function that parses the same event (at most ${ratioMax}):`,
    ...times.map(
      ({ path, empty, decided, ratio }) =>
        `  ${ratio.toFixed(2)}  ${decided.toFixed(0)} µs, empty ${empty.toFixed(0)} µs  ${path}`,
    ),
  ];
}

/** An event as CloudFront gives it for a request of Composer. */
const eventText = (uri: string): string =>
  JSON.stringify({
    version: '1.0',
    context: {
      distributionDomainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'EDFDVBD6EXAMPLE',
      eventType: 'viewer-request',
      requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
    },
    viewer: { ip: '192.0.2.1' },
    request: {
      method: 'GET',
      uri,
      querystring: {},
      headers: {
        host: { value: 'packages.example.com' },
        'user-agent': { value: 'Composer/2.10.2 (Linux; 6.1.0; PHP 8.3.0; cURL 8.5.0)' },
        accept: { value: '*/*' },
        'accept-encoding': { value: 'gzip' },
        authorization: { value: basic('token', tokens.ann) },
        'if-modified-since': { value: 'Sun, 22 Nov 2026 10:00:00 GMT' },
      },
      cookies: {},
    },
  });

function program(script: string, path: string, called: string, events: number): string {
  return `
    var values = ${JSON.stringify(edgeValues)};
    function get(key) {
      return key in values ? Promise.resolve(values[key]) : Promise.reject(new Error('KeyNotFound'));
    }
    var cf = { kvs: function () { return { get: get }; } };
    ${script}
    async function empty(event) { return event.request; }
    async function run() {
      var answer, text = ${JSON.stringify(eventText(path))};
      for (var event = 0; event < ${events}; event++) answer = await ${called}(JSON.parse(text));
      console.log(answer.uri || answer.statusCode);
    }
    run();`;
}

/** Milliseconds of processor time that njs takes for the program. */
function processorMs(source: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'edge-time-'));
  try {
    const file = join(folder, 'script.js');
    writeFileSync(file, source);
    const before = childrenMs() ?? 0;
    const { status, stdout } = spawnSync('njs', [file], { encoding: 'utf8' });
    if (status !== 0 || !stdout.startsWith('/')) throw new Error(`njs served nothing: ${stdout}`);
    return (childrenMs() ?? 0) - before;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of all children that ended, user and system, in steps of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function childrenMs(): number | undefined {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return undefined;
  }
}
