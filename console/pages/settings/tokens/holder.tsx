import { Text } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import { AnchorLink } from '../../../components/link.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';

interface HolderProps {
  readonly slug: string;
  readonly token: Pick<Schemas['Token'], 'kind' | 'principal' | 'holder'>;
}

/** Whom a token speaks for, with the page of the person or team. */
export function Holder({ slug, token: { kind, principal, holder } }: HolderProps) {
  const name = holder ?? words.unknownHolder;
  if (principal === undefined || holder === undefined || kind === 'organization') {
    return (
      <Text size="sm" truncate>
        {kind === 'organization' ? words.kinds.organization : name}
      </Text>
    );
  }
  return kind === 'team' ? (
    <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team: principal }} size="sm" truncate>
      {name}
    </AnchorLink>
  ) : (
    <AnchorLink
      to="/o/$slug/people/$person"
      // Of a person it is the user.
      params={{ slug, person: principal.replace(/^u\./, '') }}
      size="sm"
      truncate
    >
      {name}
    </AnchorLink>
  );
}
