/** The command about folders of a repository that are packages. */
import { z } from 'zod';
import { plural } from '../start/plural.ts';
import { needed } from './calls.ts';
import { indent, when } from './print.ts';
import type { Command, Printed } from './synchronization-commands.ts';

const PackageFolders = z.object({
  repository: z.string(),
  patterns: z.array(z.string()),
  proposed: z.array(z.string()),
  lookedAt: z.string().optional(),
  found: z.object({ patterns: z.array(z.string()), folders: z.array(z.string()), count: z.number() }),
});
type PackageFolders = z.infer<typeof PackageFolders>;

/** By the name of the command. */
export const folderCommands: Readonly<Record<string, (command: Command) => Promise<Printed>>> = { folders };

async function folders({ client, slug, rest, flags }: Command): Promise<Printed> {
  const [repository, ...patterns] = rest;
  const isSet = flags.set ?? false;
  const answer = await client.invoke('package-folders', {
    slug: needed(slug, "folders needs the organization's slug"),
    ...(flags.synchronization !== undefined && { synchronization: flags.synchronization }),
    repository: needed(repository, 'folders needs a repository name; status lists them'),
    ...((patterns.length > 0 || isSet) && { patterns }),
    set: isSet,
  });
  return { answer, lines: foldersText(slug ?? '', PackageFolders.parse(answer), isSet) };
}

function foldersText(slug: string, answer: PackageFolders, isSet: boolean): readonly string[] {
  const { repository, patterns, proposed, lookedAt, found } = answer;
  const isTried = found.patterns.join('\n') !== patterns.join('\n');
  return [
    patterns.length === 0
      ? `${repository}: only the root may be a package`
      : `${repository}: folders that fit ${plural(patterns.length, 'pattern')} are packages`,
    ...indent(patterns),
    ...(isTried ? ['tried:', ...indent(found.patterns)] : []),
    ...(lookedAt === undefined
      ? ['which folders these are is known after the next look at the repository, within a day of a push']
      : [
          `${plural(found.count, 'folder')} ${isTried ? 'would be' : found.count === 1 ? 'is' : 'are'} packages, as of ${when(lookedAt)}`,
          ...indent(found.folders),
          ...(found.count > found.folders.length
            ? indent([`and ${found.count - found.folders.length} more`])
            : []),
        ]),
    ...(proposed.length > 0 && patterns.length === 0 && !isTried ? ['proposed:', ...indent(proposed)] : []),
    isSet
      ? 'the repository is being scanned'
      : `npm run admin -- folders ${slug} ${repository} PATTERN … --set sets other patterns`,
  ];
}
