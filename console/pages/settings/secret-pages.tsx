/** What the pages of tokens and of API keys have in common: each lists them, and makes one whose secret is shown once. */
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { FreshSession } from '../../components/fresh-session.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink, ButtonLink } from '../../components/link.tsx';
import { Page } from '../../components/page.tsx';

interface SecretsPageProps {
  readonly words: { readonly title: string; readonly description: string; readonly make: string };
  /** Where one is made. */
  readonly make: '/o/$slug/settings/tokens/new' | '/o/$slug/settings/api-keys/new';
  readonly children: ReactNode;
}

/** The list. */
export function SecretsPage({ words, make, children }: SecretsPageProps) {
  const { slug } = useParams({ from: '/o/$slug/settings' });
  return (
    <Page
      title={words.title}
      of={slug}
      description={words.description}
      actions={
        <ButtonLink to={make} params={{ slug }} leftSection={<Icon name="add" size={16} />}>
          {words.make}
        </ButtonLink>
      }
    >
      {children}
    </Page>
  );
}

interface NewSecretPageProps<Made> {
  readonly words: {
    readonly title: string;
    readonly form: { readonly title: string };
    readonly made: { readonly title: string };
  };
  readonly list: '/o/$slug/settings/tokens' | '/o/$slug/settings/api-keys';
  form(onMade: (made: Made) => void): ReactNode;
  /** What is shown once. */
  children(made: Made): ReactNode;
}

/** The form, and then what was made. */
export function NewSecretPage<Made>({ words, list, form, children }: NewSecretPageProps<Made>) {
  const { slug } = useParams({ from: '/o/$slug/settings' });
  const [made, setMade] = useState<Made>();
  return (
    <Page
      title={made === undefined ? words.form.title : words.made.title}
      of={slug}
      above={
        <AnchorLink to={list} params={{ slug }} size="sm">
          {words.title}
        </AnchorLink>
      }
    >
      {made === undefined ? <FreshSession>{form(setMade)}</FreshSession> : children(made)}
    </Page>
  );
}
