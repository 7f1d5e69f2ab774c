/** The process that bundles and synthesizes: `node local/start/assemble.ts <assembly> <dist>`. CDK loads while esbuild works. */
import { bundle } from '../../infra/bundle.ts';

const [assembly, dist] = process.argv.slice(2);
if (assembly === undefined || dist === undefined) {
  throw new Error('which folders?');
}
const [{ synthesize }] = await Promise.all([import('../../infra/synthesize.ts'), bundle(dist)]);
synthesize(assembly, dist);
