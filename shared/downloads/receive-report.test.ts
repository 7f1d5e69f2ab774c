import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { viewerAddressHeader } from '../runtime/environment.ts';
import { receiveReport, reportsMax } from './receive-report.ts';

it('takes 600 reports a minute from one address, which other addresses do not share', async () => {
  const clock = { time: 90_000, now: () => clock.time };
  const dependencies = { table: createMemoryTable(), clock };
  const send = async (address: string) => {
    const headers = { [viewerAddressHeader]: address };
    return receiveReport(dependencies, { headers, body: Buffer.from('{"downloads":[]}') });
  };
  for (let count = 0; count < reportsMax; count++) {
    expect((await send('192.0.2.7')).status).toBe(401);
  }
  expect(await send('192.0.2.7')).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
  expect((await send('192.0.2.8')).status).toBe(401);
  clock.time = 120_000;
  expect((await send('192.0.2.7')).status).toBe(401);
});
