import { AnchorLink } from './link.tsx';

/** Leads from a row of a table to the page of a package. @param name with its vendor */
export function PackageLink({ slug, name: full }: { readonly slug: string; readonly name: string }) {
  const [vendor = '', name = ''] = full.split('/');
  return (
    <AnchorLink to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} size="sm" fw={500}>
      {full}
    </AnchorLink>
  );
}
