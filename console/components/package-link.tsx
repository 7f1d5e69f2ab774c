import { Link } from '@tanstack/react-router';
import classes from './package-link.module.css';

interface PackageLinkProps {
  readonly slug: string;
  /** With its vendor. */
  readonly name: string;
}

/** Leads from a row of a table to the page of a package. Not one of Mantine's, which long lists would wait for while one scrolls. */
export function PackageLink({ slug, name: full }: PackageLinkProps) {
  const [vendor = '', name = ''] = full.split('/');
  return (
    <Link to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} className={classes.link}>
      {full}
    </Link>
  );
}
