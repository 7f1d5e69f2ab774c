import { useQuery } from '@tanstack/react-query';
import { integrationsQuery, useMe } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';
import { CodeHostButton } from './code-host-button.tsx';

/** A button for each code host that the person has an account at: it proves there who it is, and comes back to this page. */
export function ConfirmPersonButtons() {
  const me = useMe();
  const { data } = useQuery(integrationsQuery);
  const own = data?.items.filter(
    ({ baseUrl, isSignInOffered }) => isSignInOffered && me.accounts.some((one) => one.baseUrl === baseUrl),
  );
  return own?.map(({ key, name }) => (
    <CodeHostButton
      key={key}
      integration={key}
      purpose="authenticate-again"
      label={words.confirmPerson.with(name)}
      fullWidth
    />
  ));
}
