import { synthesize } from './synthesize.ts';

// The CDK CLI sets the output folder in CDK_OUTDIR; otherwise it may be the first argument.
synthesize(process.argv[2] ?? process.env.CDK_OUTDIR ?? 'cdk.out');
