import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { EdgeRequest, EdgeResponse } from './answers.ts';

/** The handler's result for one event, and the keys that it read. */
export interface EdgeResult {
  readonly answer: EdgeRequest | EdgeResponse;
  readonly reads: readonly string[];
}

/** Runs a script and returns its output. */
export type Engine = (source: string) => Promise<string>;

/** Node without anything that CloudFront lacks. */
export const runInBareVm: Engine = async (source) => {
  const lines: string[] = [];
  const require = (name: string): unknown => {
    if (name !== 'crypto') throw new Error(`The edge has no module ${name}`);
    return { createHash };
  };
  await runInNewContext(source, {
    require,
    Buffer,
    atob,
    console: { log: (line: string) => lines.push(line) },
  });
  return lines.join('\n');
};

/** nginx's engine, the best offline approximation of CloudFront's syntax errors. */
export const runInNjs: Engine = async (source) => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  try {
    writeFileSync(join(folder, 'script.js'), source);
    return execFileSync('njs', [join(folder, 'script.js')], { encoding: 'utf8', stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const njsIsInstalled = (): boolean => spawnSync('njs', ['-v']).error === undefined;

/** Runs the built script once per request, one after another, with a store that contains these values. */
export async function runEdge(
  engine: Engine,
  script: string,
  values: Readonly<Record<string, string>>,
  requests: readonly unknown[],
): Promise<EdgeResult[]> {
  const [importLine, ...rest] = script.split('\n');
  if (importLine !== "import cf from 'cloudfront';") throw new Error(`Unexpected first line: ${importLine}`);
  // One line per result: njs prints no more than 2 KB at once.
  const source = `
    var values = ${JSON.stringify(values)}, requests = ${JSON.stringify(requests)}, reads = [];
    function get(key) {
      reads.push(key);
      return key in values ? Promise.resolve(values[key]) : Promise.reject(new Error('KeyNotFound'));
    }
    var cf = { kvs: function () { return { get: get }; } };
    ${rest.join('\n')}
    async function runAll() {
      for (var index = 0; index < requests.length; index++) {
        reads = [];
        var answer = await handler({ version: '1.0', viewer: { ip: '192.0.2.1' }, request: requests[index] });
        console.log(JSON.stringify({ answer: answer, reads: reads }));
      }
    }
    runAll();`;
  const printed = await engine(source);
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EdgeResult);
}
