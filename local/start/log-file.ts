/** The log of a run in the data folder, one JSON object per line. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { CloudLog } from '../cloud/cloud.ts';

export async function openLog(file: string): Promise<{
  write: (line: CloudLog) => void;
  close: () => Promise<void>;
}> {
  const stream = createWriteStream(file, { flags: 'w', mode: 0o600 });
  await once(stream, 'open');
  return {
    write: (line) => {
      stream.write(`${JSON.stringify(line)}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        stream.end(resolve);
      }),
  };
}
