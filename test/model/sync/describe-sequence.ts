/** Formats a sequence, and what happened in it, for reading. */
import type { ChangeCommand, Sequence, Step } from './commands.ts';

const changeInWords = ({ change, of }: ChangeCommand): string => `${change} (${of.join(', ')})`;

function inWords({ command, wait }: Step): string {
  const { do: what, ...more } = command;
  const said = Object.entries(more).map(([name, value]) =>
    name === 'change' ? changeInWords(value as ChangeCommand) : `${name} ${JSON.stringify(value)}`,
  );
  const after =
    wait === undefined ? 'nothing is done' : wait === 0 ? 'what is due is done' : `${wait} s pass`;
  return `${what === 'change' ? '' : `${what}: `}${said.join(', ')}; ${after}`;
}

export const sequenceInWords = ({ world, steps }: Sequence): string =>
  [`in the world ${world}`, ...steps.map((step, place) => `${place}. ${inWords(step)}`)].join('\n');
