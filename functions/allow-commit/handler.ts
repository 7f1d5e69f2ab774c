import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { allowRefusedCommit } from '../../shared/organizations/allow-commit.ts';
import { organizationOf } from '../../shared/organizations/organization-of.ts';
import { accountable } from '../../shared/organizations/owner-act.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('allow-commit');
const dependencies = { table: tableClient(), workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({ slug: z.string(), commit: z.string(), ...accountable });

export const handler = invokeHandler(Input, { logger }, async ({ slug, commit, by, why }) =>
  allowRefusedCommit(dependencies, await organizationOf(dependencies.table, slug), commit, { by, why }),
);
