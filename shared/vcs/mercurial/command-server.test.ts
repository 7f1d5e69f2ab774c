import { describe, expect, it } from 'vitest';
import { decodeResults, encodeCommands } from './command-server.ts';

function message(channel: string, data: Buffer | string): Buffer {
  const bytes = Buffer.from(data);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.from(channel), length, bytes]);
}
const code = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const hello = message('o', 'capabilities: runcommand');

describe("Mercurial's command server", () => {
  it('is sent commands with their lengths', () => {
    expect(encodeCommands([['cat', '--rev', 'ä']]).toString('utf8')).toBe(
      'runcommand\n\0\0\0\u000ccat\0--rev\0ä',
    );
  });

  it('has a result for each command, with output and errors in several messages', () => {
    const answer = [
      hello,
      message('o', 'a'),
      message('e', 'no'),
      message('o', 'b'),
      message('r', code(0)),
      message('r', code(-1)),
    ];
    const results = decodeResults(Buffer.concat(answer), 2);
    expect(results.map((one) => ({ ...one, output: `${one.output}` }))).toEqual([
      { code: 0, output: 'ab', errors: 'no' },
      { code: -1, output: '', errors: '' },
    ]);
  });

  it('that breaks off, answers less or wants input is an error', () => {
    const whole = Buffer.concat([hello, message('o', 'abc'), message('r', code(0))]);
    expect(() => decodeResults(whole, 2)).toThrow(/1 of 2/);
    expect(() => decodeResults(whole.subarray(0, -2), 1)).toThrow(/broke off/);
    expect(() => decodeResults(Buffer.concat([hello, message('L', '')]), 1)).toThrow(/wants input/);
    expect(() => decodeResults(Buffer.from('<html>'), 1)).toThrow(/broke off/);
  });
});
