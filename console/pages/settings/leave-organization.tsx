import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { synchronizationsQuery } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import { Section } from './section.tsx';

const words = settingsWords.leave;

interface LeaveOrganizationProps {
  readonly slug: string;
  readonly name: string;
  readonly isOwner?: boolean;
}

/** Where no code host says who belongs here, whoever does can leave. Elsewhere members are told who decides. */
export function LeaveOrganization({ slug, name, isOwner = false }: LeaveOrganizationProps) {
  const navigate = useNavigate();
  const { data } = useQuery(synchronizationsQuery(slug));
  const leave = useChange({
    send: () =>
      dataOf(
        api.DELETE('/api/v1/me/memberships/{organization}', { params: { path: { organization: slug } } }),
      ),
    refreshes: [queryKeys.me, queryKeys.organizations],
    onDone: () => {
      notifyDone(words.done(name));
      void navigate({ to: '/organizations' });
    },
  });
  const isByHost = data !== undefined && data.items.length > 0;
  if (data === undefined || (isByHost && isOwner)) {
    return null;
  }
  return (
    <Section
      title={words.title}
      description={isByHost ? words.byHost : words.text}
      action={
        !isByHost && (
          <ConfirmButton label={words.button(name)} flex="none" title={words.dialog(name)} change={leave}>
            {words.text}
          </ConfirmButton>
        )
      }
    >
      {null}
    </Section>
  );
}
