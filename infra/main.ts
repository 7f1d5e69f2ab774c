import { synthesize } from './synthesize.ts';

// The CDK CLI names the folder in CDK_OUTDIR; by hand and from a program it may be the first argument.
synthesize(process.argv[2] ?? process.env.CDK_OUTDIR ?? 'cdk.out');
