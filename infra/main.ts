import { parseArgs } from 'node:util';
import { synthesize } from './synthesize.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { vcs: { type: 'boolean' } },
});
// The CDK CLI sets the output folder in CDK_OUTDIR; otherwise it may be the first argument.
synthesize(positionals[0] ?? process.env.CDK_OUTDIR ?? 'cdk.out', undefined, { vcs: values.vcs });
