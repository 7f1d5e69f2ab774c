import { Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';

type Requirement = Schemas['Version']['requires'][number];

interface RequirementTextProps {
  readonly slug: string;
  readonly requirement: Requirement;
}

/** What is required, as a link where it is a package here. */
export function RequirementText({
  slug,
  requirement: { name: full, constraint, isHere },
}: RequirementTextProps) {
  const [vendor = '', name = ''] = full.toLowerCase().split('/');
  return (
    <>
      {isHere ? (
        <AnchorLink to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} inherit>
          {full}
        </AnchorLink>
      ) : (
        full
      )}{' '}
      <Text span inherit c="dimmed">
        {constraint}
      </Text>
    </>
  );
}

/** Those that are packages here first: they are what somebody looks for. */
export const hereFirst = (requirements: readonly Requirement[]): readonly Requirement[] =>
  requirements.toSorted((one, other) => Number(other.isHere) - Number(one.isHere));
