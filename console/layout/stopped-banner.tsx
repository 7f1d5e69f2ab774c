import { useQuery } from '@tanstack/react-query';
import { organizationQuery } from '../api/queries.ts';
import { Icon } from '../components/icon.tsx';
import { AnchorLink } from '../components/link.tsx';
import { emergencyStopWords as words } from '../words/emergency-stop.ts';
import classes from './stopped-banner.module.css';

/** Whoever looks at a page for long learns of it, too. */
const refreshMs = 30_000;

/** On every page of an organization as long as its access is stopped. */
export function StoppedBanner({ slug }: { readonly slug: string }) {
  const { data } = useQuery({ ...organizationQuery(slug), refetchInterval: refreshMs });
  return (
    <div role="status">
      {data?.accessStoppedAt !== undefined && (
        <div className={classes.banner}>
          <Icon name="warning" />
          <span>
            {words.banner(data.name)}{' '}
            {data.role === 'owner' ? (
              <AnchorLink
                to="/o/$slug/settings/emergency-stop"
                params={{ slug }}
                className={classes.link ?? ''}
                inherit
              >
                {words.bannerOwners}
              </AnchorLink>
            ) : (
              words.bannerOthers
            )}
          </span>
        </div>
      )}
    </div>
  );
}
