import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { organizationQuery } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { commonWords } from '../words/common.ts';
import { CopyBlock } from './copy-block.tsx';
import { linesToPaste } from './lines-to-paste.ts';
import { Loaded } from './loaded.tsx';

interface InstallLinesProps {
  readonly slug: string;
  /** Of a token that reads the organization. */
  readonly secret: string;
  /** The package that the lines require; one of the organization if left out. */
  readonly example?: string | undefined;
}

/** What makes Composer install from an organization with a token. */
export function InstallLines({ slug, secret, example: given }: InstallLinesProps) {
  const organization = useQuery(organizationQuery(slug));
  const example = useQuery({
    queryKey: queryKeys.of(slug, 'packages', 'example'),
    enabled: given === undefined,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/packages', {
          params: { path: { slug }, query: { state: 'available', limit: 1 } },
          signal,
        }),
      ),
  });
  return given === undefined && example.isPending ? (
    skeleton
  ) : (
    <Loaded query={organization} skeleton={skeleton}>
      {({ url }) => (
        <CopyBlock
          text={linesToPaste({ slug, url, secret, example: given ?? example.data?.items[0]?.name }).join(
            '\n',
          )}
          label={commonWords.copyLines}
        />
      )}
    </Loaded>
  );
}

const skeleton = <Skeleton height={112} w="100%" />;
