import type { ButtonProps } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { useMe } from '../../api/queries.ts';
import { CodeHostButton } from '../../components/code-host-button.tsx';

interface AskCodeHostProps
  extends Pick<ButtonProps, 'variant' | 'size' | 'fullWidth' | 'rightSection' | 'justify'> {
  readonly host: Pick<Schemas['Integration'], 'key' | 'baseUrl'>;
  readonly label: string;
}

/** Leads to the code host, which then says which organizations are the person's; an account that is new is linked by that. */
export function AskCodeHost({ host: { key, baseUrl }, ...button }: AskCodeHostProps) {
  const isLinked = useMe().accounts.some((one) => one.baseUrl === baseUrl);
  return (
    <CodeHostButton
      integration={key}
      returnTo={`/organizations/new/${key}`}
      purpose={isLinked ? 'choose-organization' : 'link-for-organizations'}
      {...button}
    />
  );
}
