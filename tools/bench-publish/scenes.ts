/** What publishing takes of its functions at the sizes that it has to carry: time, memory, and the limits of the services. */
import { createHash } from 'node:crypto';
import { megabytesOf, timeoutSeconds } from '../../infra/function-needs.ts';
import { parseFolderGlobs } from '../../shared/scan/folders/folder-globs.ts';
import { setFolderGlobs } from '../../shared/store/scan-store.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import type { Figure, Section } from '../bench-sync/figures.ts';
import { packageName } from '../bench-sync/shared-refs.ts';
import type { FunctionHost, Measured } from './function-host.ts';
import { archives, type Contents, grants, type Stage, scansOf, withStage } from './stage.ts';

const mebibyte = 1024 * 1024;
const megabyte = 1000 * 1000;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const itemBytesMax = 400 * 1024;
const transactionBytesMax = 4 * mebibyte;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const sendBytesMax = mebibyte;
/** A function with so much memory has one processor, one with less its share of it. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const processorMegabytes = 1769;
/** What each function may take of its memory at most, in MB: half of it is left to what nobody thought of, where it has 1 GB. */
const memoryMost = 400;

export interface Sizes {
  /** Tags of one repository. */
  readonly tags: number;
  /** Bytes of the metadata of one package. */
  readonly fileBytes: number;
  readonly packages: number;
  readonly versions: number;
  /** Folders of one repository with a package each, and its tags. */
  readonly folders: number;
  readonly folderTags: number;
  /** Archives, and bytes of each. */
  readonly archives: number;
  readonly archiveBytes: number;
}

/** As long as most manifests are. */
const requirements = Object.fromEntries(
  Array.from({ length: 20 }, (_, place) => [`acme/library-${place}`, `^${place}.0 || ^${place + 1}.0`]),
);

/** Text that stands for itself and does not compress. */
function noise(bytes: number, seed: string): string {
  const parts: string[] = [];
  for (let length = 0; length < bytes; length += 88) {
    parts.push(createHash('sha512').update(`${seed} ${length}`).digest('base64'));
  }
  return parts.join('').slice(0, bytes);
}

const manifest = (place: number, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    name: packageName(place),
    description: 'A library of the bench.',
    license: 'MIT',
    require: requirements,
    autoload: { 'psr-4': { 'Acme\\Library\\': 'src/' } },
    ...more,
  });

/** One manifest for ten versions each. */
const usual: Contents['filesOf'] = (place, count) =>
  count % 10 === 1 ? { 'composer.json': manifest(place, { extra: { series: Math.ceil(count / 10) } }) } : {};

export async function manyTags(bundles: string, { tags }: Sizes): Promise<Section> {
  return withStage(bundles, { repositories: 1, refs: tags + 1, filesOf: usual }, async (stage) => {
    const took = await published(stage);
    return {
      title: `A package with ${tags.toLocaleString('en')} tags is scanned and published`,
      figures: [
        ...(await figuresOf(stage, 1, tags)),
        ...took,
        ...loadsOf(stage.host, ['scan-repository', 'publish-package']),
      ],
    };
  });
}

export async function largeFile(bundles: string, { fileBytes }: Sizes): Promise<Section> {
  const tags = 500;
  const each = Math.floor(fileBytes / tags);
  const filesOf: Contents['filesOf'] = (place, count) => ({
    'composer.json': manifest(place, { extra: { list: noise(each, `${count}`) } }),
  });
  return withStage(bundles, { repositories: 1, refs: tags + 1, filesOf }, async (stage) => {
    const took = await published(stage);
    const bytes = await stage.sizeOf('acme/1/plain.json');
    return {
      title: `A package whose metadata has ${(fileBytes / megabyte).toFixed(0)} MB is scanned and published`,
      figures: [
        ...(await figuresOf(stage, 1, tags)),
        { name: 'bytes of the file', measured: bytes / megabyte, least: fileBytes / megabyte, unit: 'MB' },
        ...took,
        ...loadsOf(stage.host, ['scan-repository', 'publish-package']),
      ],
    };
  });
}

export async function manyPackages(bundles: string, { packages, versions }: Sizes): Promise<Section> {
  const contents = { repositories: packages, refs: versions + 1, filesOf: usual };
  return withStage(bundles, contents, async (stage) => {
    const took = await published(stage);
    await stage.request(grants);
    await stage.work();
    const root = await stage.sizeOf(`acme/roots/o.org1.json`);
    return {
      title: `${packages.toLocaleString('en')} packages with ${versions} versions each are scanned and published`,
      figures: [
        ...(await figuresOf(stage, packages, packages * versions)),
        { name: 'bytes of the root file', measured: root / 1000, least: 1, unit: 'KB' },
        ...took,
        ...loadsOf(stage.host, ['scan-repository', 'publish-package', 'publish-roots']),
      ],
    };
  });
}

/** As a framework whose components are packages: each tag is a version of all of them. */
export async function manyFolders(bundles: string, { folders, folderTags: tags }: Sizes): Promise<Section> {
  const filesOf: Contents['filesOf'] = (_, count) =>
    Object.fromEntries(
      Array.from({ length: folders }, (__, folder) => folder)
        // Each commit changes some of the manifests, and the first brings all.
        .filter((folder) => count === 1 || folder % 10 === count % 10)
        .map((folder) => [
          `packages/part-${folder}/composer.json`,
          manifest(0, { name: `acme/part-${folder}`, extra: { series: count } }),
        ]),
    );
  const contents = { repositories: 1, refs: tags + 1, filesOf };
  return withStage(bundles, contents, async (stage) => {
    const globs = parseFolderGlobs(['packages/*']);
    for (const repository of stage.repositories) {
      await stage.table.transact([setFolderGlobs(synchronizationId, repository, globs)]);
    }
    const took = await published(stage);
    return {
      title: `A repository with ${folders} packages in folders and ${tags} tags is scanned and published`,
      figures: [
        ...(await figuresOf(stage, folders, folders * tags)),
        ...took,
        ...loadsOf(stage.host, ['scan-repository', 'publish-package']),
      ],
    };
  });
}

export async function largeArchives(bundles: string, sizes: Sizes): Promise<Section> {
  const { archives: count, archiveBytes } = sizes;
  const filesOf: Contents['filesOf'] = (place, at) => ({
    ...(at === 1 && { 'composer.json': manifest(place), 'data.txt': noise(archiveBytes * 1.34, 'data') }),
    'count.txt': `${at}`,
  });
  return withStage(bundles, { repositories: 1, refs: count + 1, filesOf }, async (stage) => {
    await published(stage);
    const [before] = await stage.packages();
    await stage.request(archives);
    await stage.work();
    const [found] = await stage.packages();
    return {
      title: `${count} archives of ${(archiveBytes / megabyte).toFixed(0)} MB are stored before anybody asks for them`,
      figures: [
        { name: 'archives stored', measured: found?.archives?.stored ?? 0, least: count, most: count },
        { name: '  before', measured: before?.archives?.stored ?? 0, most: 0 },
        ...loadsOf(stage.host, ['scan-repository']),
      ],
    };
  });
}

/** Scans and publishes everything. */
async function published(stage: Stage): Promise<readonly Figure[]> {
  stage.take();
  await stage.request(...scansOf(stage));
  const began = performance.now();
  await stage.work();
  const seconds = (performance.now() - began) / 1000;
  const { largestItem, largestTransaction, largestSend } = stage.take();
  return [
    { name: 'largest item', measured: largestItem / 1000, most: itemBytesMax / 1000, unit: 'KB' },
    {
      name: 'largest transaction',
      measured: largestTransaction / 1000,
      most: transactionBytesMax / 1000,
      unit: 'KB',
    },
    {
      name: 'largest request with messages',
      measured: largestSend / 1000,
      most: sendBytesMax / 1000,
      unit: 'KB',
    },
    { name: 'altogether on this machine, one after the other', measured: seconds, unit: 's' },
  ];
}

async function figuresOf(stage: Stage, packages: number, tags: number): Promise<readonly Figure[]> {
  const found = await stage.packages();
  const available = found.filter(({ state }) => state === 'available');
  const versions = found.reduce((sum, { versionCount }) => sum + versionCount, 0);
  return [
    { name: 'packages available', measured: available.length, least: packages, most: packages },
    // And the branch of each.
    { name: 'versions published', measured: versions, least: tags + packages, most: tags + packages },
  ];
}

const loadsOf = (host: FunctionHost, names: readonly Measured[]): readonly Figure[] =>
  names.flatMap((name) => {
    const { invocations, failed, longestMs, longestCpuMs, rss } = host.loadOf(name);
    const share = Math.min(1, megabytesOf(name) / processorMegabytes);
    const withShare = Math.max(0, longestMs - longestCpuMs) + longestCpuMs / share;
    return [
      { name: `${name}: invocations`, measured: invocations, least: 1 },
      { name: '  messages that failed', measured: failed, most: 0 },
      { name: '  longest', measured: longestMs / 1000, most: timeoutSeconds(name), unit: 's' },
      {
        name: '  with its share of a processor',
        measured: withShare / 1000,
        most: timeoutSeconds(name),
        unit: 's',
      },
      { name: '  most memory', measured: rss / mebibyte, most: memoryMost, unit: 'MB' },
    ];
  });
