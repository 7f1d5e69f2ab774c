import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges } from '../../shared/composition/forges.ts';
import { asId, type InstallationId, isId } from '../../shared/domain/ids.ts';
import { chooseIntegration } from '../../shared/organizations/choose-integration.ts';
import { connectOrganization } from '../../shared/organizations/connect-organization.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { invokeHandler } from '../../shared/runtime/invoke-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';

const logger = createLogger('connect-organization');
const table = tableClient();
const forges = createForges(table, logger);
const dependencies = { table, workQueue: workQueueClient(), clock: systemClock, randomBytes };

const Input = z.strictObject({
  slug: z.string(),
  name: z.string().min(1).max(200).optional(),
  /** The forge of the installation; needed only if there are several integrations. */
  forge: z.string().optional(),
  baseUrl: z.string().optional(),
  installation: z
    .union([z.string().refine(isId, 'no id'), z.int().positive()])
    .transform((id) => asId<InstallationId>(id)),
  repositories: z.union([z.literal('all'), z.array(z.string())]),
  ownedVendors: z.array(z.string()),
});

export const handler = invokeHandler(
  Input,
  { logger },
  async ({ forge, baseUrl, installation, ...input }) => {
    const integration = chooseIntegration(await forges.integrations(), { forge, baseUrl });
    const connection = { kind: 'app-installation', installation } as const;
    return connectOrganization(
      {
        ...dependencies,
        open: async (organization) =>
          (await forges.open({ integration, connection, organization })).structure,
      },
      { ...input, host: { forge: integration.forge, baseUrl: integration.settings.baseUrl }, installation },
    );
  },
);
