/** Bundles the functions and synthesizes the template, as a deployment does. */
import { keptBuild } from './kept-build.ts';

/**
 * @returns the folder of the cloud assembly
 * @throws Error with what the failing step printed
 */
export const buildAssembly = (onBuild: () => void = () => {}): Promise<string> =>
  keptBuild(
    {
      name: 'assembly',
      sources: ['events', 'functions', 'infra', 'shared', 'cdk.json', 'package-lock.json'],
      script: 'local/start/assemble.ts',
      args: (out, spare) => [out, spare],
    },
    onBuild,
  );
