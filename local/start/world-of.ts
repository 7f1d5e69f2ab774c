/** Which world `npm start` plays. */
import { defaultWorldFile, readWorld } from '../forges/world/read-world.ts';
import type { World } from '../forges/world/world.ts';
import { worldFromDirectory } from '../forges/world/world-from-directory.ts';
import type { StartOptions } from './options.ts';

/** The world that the options select. @throws WorldError */
export function readWorldOf(options: StartOptions): Promise<World> {
  if (options.world === 'default') {
    return readWorld(defaultWorldFile);
  }
  return 'file' in options.world ? readWorld(options.world.file) : worldFromDirectory(options.world.github);
}
