import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CloudClock, SecretEngine, ServiceRequest } from '../runtime/service.ts';
import { AwsError, jsonError, parsedInput } from './aws-error.ts';

const versionSchema = z.object({
  id: z.string(),
  created: z.number(),
  stages: z.array(z.string()),
  secretString: z.string(),
});
const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  created: z.number(),
  lastChanged: z.number(),
  versions: z.array(versionSchema),
});
type Secret = z.infer<typeof secretSchema>;
type Version = z.infer<typeof versionSchema>;

const value = z.string().min(1).max(65_536);
const token = z.string().min(32).max(64);
const schemas = {
  GetSecretValue: z.object({
    SecretId: z.string(),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  PutSecretValue: z.object({
    SecretId: z.string(),
    SecretString: value,
    ClientRequestToken: token.optional(),
    VersionStages: z.array(z.string()).optional(),
  }),
  UpdateSecretVersionStage: z.object({
    SecretId: z.string(),
    VersionStage: z.string(),
    RemoveFromVersionId: z.string().optional(),
    MoveToVersionId: z.string().optional(),
  }),
  DescribeSecret: z.object({ SecretId: z.string() }),
  CreateSecret: z.object({
    Name: z.string(),
    SecretString: value.optional(),
    ClientRequestToken: token.optional(),
  }),
};

/**
 * A local Secrets Manager: secret strings with their versions, in files that only their owner may read.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export function createSecretsService(options: {
  readonly directory: string;
  readonly clock: CloudClock;
  /** Prefix of the ARNs of secrets that a client creates. */
  readonly arnPrefix?: string;
}): SecretEngine {
  const { directory, clock } = options;
  const arnPrefix = options.arnPrefix ?? 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const secrets = new Map<string, Secret>();
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.json')) continue;
    const secret = secretSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    secrets.set(secret.arn, secret);
  }

  function save(secret: Secret): void {
    const path = join(directory, `${encodeURIComponent(secret.name)}.json`);
    writeFileSync(`${path}.new`, JSON.stringify(secret), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    secrets.set(secret.arn, secret);
  }

  /** Finds a secret by ARN, with or without its random suffix, or by name. */
  function find(id: string): Secret {
    const secret =
      secrets.get(id) ??
      [...secrets.values()].find(
        ({ arn, name }) => name === id || arn.replace(/-[A-Za-z0-9]{6}$/, '') === id,
      );
    if (secret !== undefined) return secret;
    throw new AwsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  function create(name: string, arn: string): Secret {
    const now = clock.now();
    const secret = { arn, name, created: now, lastChanged: now, versions: [] };
    if ([...secrets.values()].some((other) => other.name === name)) {
      throw new AwsError(
        400,
        'ResourceExistsException',
        `A resource with the ID you requested already exists.`,
      );
    }
    save(secret);
    return secret;
  }

  /** Adds a version and moves the stages to it; the current version becomes the previous one. */
  function put(secret: Secret, version: Omit<Version, 'created'>): Version {
    const known = secret.versions.find(({ id }) => id === version.id);
    if (known !== undefined) {
      if (known.secretString === version.secretString) return known;
      const message = 'You provided a ClientRequestToken that is in use for another value.';
      throw new AwsError(400, 'ResourceExistsException', message);
    }
    const added = { ...version, created: clock.now() };
    const current = version.stages.includes('AWSCURRENT');
    const older = secret.versions.map((other) => {
      const stages = other.stages.filter(
        (stage) => !version.stages.includes(stage) && !(current && stage === 'AWSPREVIOUS'),
      );
      return {
        ...other,
        stages: current && other.stages.includes('AWSCURRENT') ? [...stages, 'AWSPREVIOUS'] : stages,
      };
    });
    // A version without a stage is deprecated, and AWS removes it eventually.
    const versions = [...older.filter(({ stages }) => stages.length > 0), added];
    save({ ...secret, versions, lastChanged: clock.now() });
    return added;
  }

  /** Moves a label, if it is where the caller says that it is. */
  function moveStage(
    secret: Secret,
    {
      VersionStage: stage,
      RemoveFromVersionId: from,
      MoveToVersionId: to,
    }: z.infer<typeof schemas.UpdateSecretVersionStage>,
  ): void {
    const holder = secret.versions.find(({ stages }) => stages.includes(stage))?.id;
    if (holder !== from) {
      const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`;
      throw new AwsError(400, 'InvalidParameterException', message);
    }
    if (to !== undefined && !secret.versions.some(({ id }) => id === to)) {
      throw new AwsError(400, 'ResourceNotFoundException', `Version ${to} does not exist.`);
    }
    const isCurrent = stage === 'AWSCURRENT' && to !== undefined;
    const versions = secret.versions.map((version) => {
      const others = version.stages.filter((one) => one !== stage && !(isCurrent && one === 'AWSPREVIOUS'));
      const added = version.id === to ? [stage] : version.id === from && isCurrent ? ['AWSPREVIOUS'] : [];
      return { ...version, stages: [...others, ...added] };
    });
    save({
      ...secret,
      versions: versions.filter(({ stages }) => stages.length > 0),
      lastChanged: clock.now(),
    });
  }

  const operations: Readonly<Record<string, (body: unknown) => object>> = {
    GetSecretValue(body) {
      const input = parsedInput(schemas.GetSecretValue, body);
      const secret = find(input.SecretId);
      const stage = input.VersionStage ?? (input.VersionId === undefined ? 'AWSCURRENT' : undefined);
      const version = secret.versions.find(
        ({ id, stages }) =>
          (input.VersionId === undefined || id === input.VersionId) &&
          (stage === undefined || stages.includes(stage)),
      );
      if (version === undefined) {
        const message = `Secrets Manager can't find the specified secret value for staging label: ${stage}`;
        throw new AwsError(400, 'ResourceNotFoundException', message);
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.secretString,
        VersionStages: version.stages,
        CreatedDate: version.created / 1000,
      };
    },
    PutSecretValue(body) {
      const input = parsedInput(schemas.PutSecretValue, body);
      const secret = find(input.SecretId);
      const id = input.ClientRequestToken ?? randomUUID();
      const stages = input.VersionStages ?? ['AWSCURRENT'];
      const version = put(secret, { id, stages, secretString: input.SecretString });
      return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
    },
    UpdateSecretVersionStage(body) {
      const input = parsedInput(schemas.UpdateSecretVersionStage, body);
      const secret = find(input.SecretId);
      moveStage(secret, input);
      return { ARN: secret.arn, Name: secret.name };
    },
    DescribeSecret(body) {
      const secret = find(parsedInput(schemas.DescribeSecret, body).SecretId);
      return {
        ARN: secret.arn,
        Name: secret.name,
        CreatedDate: secret.created / 1000,
        LastChangedDate: secret.lastChanged / 1000,
        VersionIdsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
      };
    },
    CreateSecret(body) {
      const input = parsedInput(schemas.CreateSecret, body);
      const ending = randomUUID().replaceAll('-', '').slice(0, 6);
      const secret = create(input.Name, `${arnPrefix}${input.Name}-${ending}`);
      if (input.SecretString === undefined) return { ARN: secret.arn, Name: secret.name };
      const id = input.ClientRequestToken ?? randomUUID();
      put(secret, { id, stages: ['AWSCURRENT'], secretString: input.SecretString });
      return { ARN: secret.arn, Name: secret.name, VersionId: id };
    },
  };

  function answer(request: ServiceRequest): object {
    const name = request.headers['x-amz-target']?.split('.')[1] ?? '';
    const operation = operations[name];
    if (operation !== undefined) return operation(JSON.parse(request.body.toString('utf8')));
    throw new AwsError(
      400,
      'InvalidRequestException',
      `This local service does not know the operation ${name}.`,
    );
  }

  return {
    async handle(request) {
      try {
        const headers = { 'content-type': 'application/x-amz-json-1.1' };
        return { status: 200, headers, body: JSON.stringify(answer(request)) };
      } catch (error) {
        if (error instanceof AwsError) return jsonError(error);
        throw error;
      }
    },
    createSecret({ name, arn, secretString }) {
      if (existsSync(join(directory, `${encodeURIComponent(name)}.json`))) return;
      put(create(name, arn), { id: randomUUID(), stages: ['AWSCURRENT'], secretString });
    },
    secretString(arn) {
      return secrets.get(arn)?.versions.find(({ stages }) => stages.includes('AWSCURRENT'))?.secretString;
    },
    async close() {
      secrets.clear();
    },
  };
}
