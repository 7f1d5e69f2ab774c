/** Builds the console's static files, as a deployment does. */
import { keptBuild } from './kept-build.ts';

/**
 * @returns the folder of the files
 * @throws Error with what the failing step printed
 */
export const buildConsole = (onBuild: () => void = () => {}): Promise<string> =>
  keptBuild(
    {
      name: 'console',
      sources: ['console', 'shared/console-api', 'shared/domain', 'package-lock.json'],
      script: 'console/build/main.ts',
      args: (out) => [out],
    },
    onBuild,
  );
