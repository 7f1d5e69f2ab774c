/** What a search over an organization finds. */
import { z } from 'zod';

export const Found = z
  .object({
    packages: z.array(z.object({ name: z.string() })).meta({ description: 'Those that you may install.' }),
    people: z
      .array(
        z.object({
          id: z
            .string()
            .meta({ description: 'For `/people/{id}`, which may call the person by another one.' }),
          login: z.string(),
          synchronization: z.string().optional().meta({ description: 'Missing for somebody added by hand.' }),
        }),
      )
      .meta({ description: 'Members and people added by hand, for owners.' }),
    teams: z
      .array(z.object({ id: z.string(), name: z.string(), slug: z.string() }))
      .meta({ description: 'For owners.' }),
    isWhole: z.boolean().meta({
      description:
        'false: of more than 3,000 members or teams, or 500 people added by hand, only the first were looked at.',
    }),
  })
  .meta({ id: 'Found', description: 'At most eight of each; what begins with the text comes first.' });
