/** What the API says of organizations and their keys. */
import { z } from 'zod';
import { apiKeyScopes } from '../domain/api-key.ts';
import { Line, Role, Time } from './common.ts';

export const Organization = z
  .object({
    slug: z.string(),
    name: z.string(),
    role: Role.meta({ description: 'What you are there.' }),
    accessStoppedAt: Time.optional().meta({ description: 'Since when every token of it is refused.' }),
  })
  .meta({ id: 'Organization' });

const Scope = z.enum(apiKeyScopes);

export const ApiKey = z
  .object({
    id: z.string(),
    description: z.string(),
    scopes: z.array(Scope),
    madeBy: z.string(),
    createdAt: Time,
    expiresAt: Time.optional().meta({ description: 'Missing: never.' }),
    lastUsedAt: Time.optional().meta({ description: 'To about ten minutes.' }),
  })
  .meta({ id: 'ApiKey', description: "A machine's key for this API." });

export const NewApiKey = z
  .strictObject({
    description: Line(100),
    scopes: z.array(Scope).min(1).max(apiKeyScopes.length),
    expiresAt: Time.nullable().optional().meta({ description: 'null: never. In 90 days if left out.' }),
  })
  .meta({ id: 'NewApiKey' });

export const CreatedApiKey = ApiKey.extend({
  secret: z.string().meta({ description: 'Shown this once.' }),
}).meta({ id: 'CreatedApiKey' });
