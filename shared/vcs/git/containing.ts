/** Looks a commit up in the history of branches and tags. */
import type { Containment } from '../../forge/containment.ts';
import type { GitRepository } from './repository.ts';

/** Of one line that `git rev-list` prints. */
const lineBytes = 65;
/** Commits of the largest histories that are looked through. */
const commitsMax = 20_000_000;

/**
 * @param targets what branches and tags lead to: commits, and perhaps other objects
 * @param hash an id, or the beginning of one
 */
export async function findContaining(
  repository: GitRepository,
  targets: readonly string[],
  hash: string,
): Promise<Containment> {
  const tips: string[] = [];
  await repository.read(targets, 0, ({ oid, type }) => {
    if (type === 'commit') tips.push(oid);
  });
  const found = new Set<string>();
  let rest = '';
  const { stdout, ended } = repository.run({
    ...{ args: ['rev-list', '--stdin'], outputBytes: commitsMax * lineBytes },
    input: tips.map((oid) => `${oid}\n`).join(''),
  });
  stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const oid of lines) {
      if (oid.startsWith(hash)) found.add(oid);
    }
  });
  await ended;
  const [commit, other] = found;
  return commit === undefined || other !== undefined ? { is: 'not-contained' } : { is: 'contained', commit };
}
