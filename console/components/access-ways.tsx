import { Text } from '@mantine/core';
import type { Schemas } from '../api/client.ts';
import { accessWords as words } from '../words/access.ts';
import { wayText } from './access-way.ts';
import classes from './access-ways.module.css';
import { AnchorLink } from './link.tsx';

interface WaysProps {
  readonly paths: readonly Schemas['AccessPath'][];
}

/** Through what a package may be installed: the first way, and how many more there are. It takes two lines where it is long. */
export const AccessWays = ({ paths }: WaysProps) => (
  <Text size="sm" className={classes.ways} lineClamp={2}>
    <Ways paths={paths} />
  </Text>
);

interface LinkProps extends WaysProps {
  readonly slug: string;
  /** The id. */
  readonly person: string;
  readonly package: string;
}

/** The same as a link to where each way is drawn. */
export const AccessWaysLink = ({ paths, slug, person, package: name }: LinkProps) => (
  <AnchorLink
    to="/o/$slug/why"
    params={{ slug }}
    search={{ person, package: name }}
    size="sm"
    className={classes.ways}
    lineClamp={2}
  >
    <Ways paths={paths} />
  </AnchorLink>
);

function Ways({ paths: [first, ...others] }: WaysProps) {
  return (
    <>
      {first !== undefined && wayText(first)}
      {others.length > 0 && <span className={classes.others}> {words.more(others.length)}</span>}
    </>
  );
}
