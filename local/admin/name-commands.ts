/** Commands about which repository has a package's name. */
import { GivenName } from './answers.ts';
import { needed } from './calls.ts';
import { type Command, noMore, type Printed } from './synchronization-commands.ts';

/** By the name of the command. */
export const nameCommands: Readonly<Record<string, (command: Command) => Promise<Printed>>> = {
  'give-name': giveName,
};

async function giveName({ client, slug, rest, flags }: Command): Promise<Printed> {
  const [packageName, ...more] = rest;
  noMore('give-name', more);
  const answer = await client.invoke('give-package-name', {
    slug: needed(slug, "give-name needs the organization's slug"),
    package: needed(packageName, 'give-name needs the package name, vendor/name, after the organization'),
    to: needed(flags.to, 'give-name needs --to REPOSITORY; status lists those that claim the name'),
    samePackage: flags['same-package'] ?? false,
    by: needed(flags.by, 'give-name needs --by NAME, for the audit log'),
    why: needed(flags.why, 'give-name needs --why TEXT, for the audit log'),
  });
  const { package: name, from, to, numberBefore, number } = GivenName.parse(answer);
  const what =
    number === numberBefore
      ? `with its number ${number} and its archives`
      : `as number ${number}, with its own versions; number ${numberBefore} is kept for 90 days but cannot be downloaded`;
  return { answer, lines: [`${name} moves from ${from} to ${to}, ${what}`] };
}
