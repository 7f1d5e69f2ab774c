/** Bundles the functions and synthesizes the template: `node local/start/assemble.ts <assembly> <dist>`. CDK loads while esbuild runs. */
import { bundle } from '../../infra/bundle.ts';

const [assembly, dist] = process.argv.slice(2);
if (assembly === undefined || dist === undefined) {
  throw new Error('usage: node local/start/assemble.ts ASSEMBLY DIST');
}
const [{ synthesize }] = await Promise.all([import('../../infra/synthesize.ts'), bundle(dist)]);
synthesize(assembly, dist, { vcs: 'on-this-machine' });
