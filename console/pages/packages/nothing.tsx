import { useMay } from '../../api/use-may.ts';
import { ButtonLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { packagesWords as words } from '../../words/packages.ts';

interface NothingProps {
  readonly slug: string;
  readonly isFiltered: boolean;
}

/** What stands where the list has no package. */
export const Nothing = ({ slug, isFiltered }: NothingProps) =>
  isFiltered ? <NoMatch slug={slug} /> : <NoPackages slug={slug} />;

interface OfOrganization {
  readonly slug: string;
}

const NoMatch = ({ slug }: OfOrganization) => (
  <Empty
    icon="search"
    title={words.noMatch.title}
    text={words.noMatch.text}
    action={
      <ButtonLink to="/o/$slug/packages" params={{ slug }} search={{}} variant="default" mt="xs">
        {words.noMatch.action}
      </ButtonLink>
    }
  />
);

function NoPackages({ slug }: OfOrganization) {
  const { addPackages } = useMay(slug);
  return (
    <Empty
      icon="package"
      title={words.none.title}
      text={words.none.text}
      action={
        addPackages && (
          <ButtonLink to="/o/$slug/repositories" params={{ slug }} variant="default" mt="xs">
            {words.none.action}
          </ButtonLink>
        )
      }
    />
  );
}
