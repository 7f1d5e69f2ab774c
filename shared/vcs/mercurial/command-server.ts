/**
 * The protocol of `hg serve --cmdserver pipe`: many commands in one process, which takes longer to start than most commands run. All commands
 * are known before the first is answered, so they are sent at once. https://wiki.mercurial-scm.org/CommandServer
 */
import { ForgeError } from '../../forge/errors.ts';

export interface CommandResult {
  readonly code: number;
  readonly output: Buffer;
  /** The text of its errors. */
  readonly errors: string;
}

/** What the server is sent: commands with their arguments. */
export function encodeCommands(commands: readonly (readonly string[])[]): Buffer {
  return Buffer.concat(
    commands.flatMap((args) => {
      const data = Buffer.from(args.join('\0'), 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      return [Buffer.from('runcommand\n'), length, data];
    }),
  );
}

/**
 * What the server answered, a result for each command.
 *
 * @throws ForgeError `unexpected` when it is something else, or wants to ask
 */
export function decodeResults(answer: Buffer, count: number): CommandResult[] {
  const results: CommandResult[] = [];
  let output: Buffer[] = [];
  let errors: Buffer[] = [];
  let isGreeted = false;
  for (const { channel, data } of messagesIn(answer)) {
    if (!isGreeted) {
      isGreeted = true;
    } else if (channel === 'o') {
      output.push(data);
    } else if (channel === 'e') {
      errors.push(data);
    } else if (channel === 'r') {
      const text = Buffer.concat(errors).toString('utf8');
      results.push({ code: data.readInt32BE(), output: Buffer.concat(output), errors: text });
      output = [];
      errors = [];
    } else if (channel === channel.toUpperCase()) {
      // https://wiki.mercurial-scm.org/CommandServer: a channel in upper case has to be understood.
      throw unexpected(`wants input on the channel ${JSON.stringify(channel)}`);
    }
  }
  if (results.length !== count) {
    throw unexpected(`answered ${results.length} of ${count} commands`);
  }
  return results;
}

function* messagesIn(answer: Buffer): Generator<{ readonly channel: string; readonly data: Buffer }> {
  for (let at = 0; at < answer.length; ) {
    const channel = answer.toString('latin1', at, at + 1);
    const start = at + 5;
    const end = start <= answer.length ? start + answer.readUInt32BE(at + 1) : Number.POSITIVE_INFINITY;
    // The length of an input channel is how much it wants, with nothing after it.
    if (end > answer.length) {
      throw unexpected('broke off');
    }
    yield { channel, data: answer.subarray(start, end) };
    at = end;
  }
}

const unexpected = (what: string): ForgeError =>
  new ForgeError('unexpected', `Mercurial's command server ${what}`);
