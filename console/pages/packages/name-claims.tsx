import { Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { BorderedList } from '../../components/bordered-list.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notifyDone } from '../../components/notify.ts';
import { packageWords } from '../../words/package.ts';
import type { PanelProps } from './panel.ts';
import { claimsQuery, type Named, nameOf } from './queries.ts';

const words = packageWords.name;
type Claimant = Schemas['NameClaims']['claimants'][number];

/** Which repository has the name, and which others claim it; for owners, who can give it to one of them. */
export function NameClaims({ path }: Pick<PanelProps, 'path'>) {
  const query = useQuery(claimsQuery(path));
  const [chosen, setChosen] = useState<Claimant>();
  return (
    <Loaded query={query}>
      {({ holder, isContested, claimants }) => (
        <Stack gap="lg" maw="44rem">
          <section>
            <Title order={2} size="h4">
              {words.holder}
            </Title>
            <Text size="sm">{holder === undefined ? words.nobody : `${holder.why}.`}</Text>
            {isContested && <Text size="sm">{words.contested}</Text>}
          </section>
          <section>
            <Title order={2} size="h4" mb="xs">
              {words.claimants}
            </Title>
            {claimants.length === 0 ? (
              <Text size="sm" c="dimmed">
                {words.none}
              </Text>
            ) : (
              <BorderedList>
                {claimants.map((one) => (
                  <li key={one.id}>
                    <Group justify="space-between" gap="sm">
                      <Text size="sm" fw={500}>
                        {one.name}
                      </Text>
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={words.giveOf(one.name)}
                        onClick={() => setChosen(one)}
                      >
                        {words.give}
                      </Button>
                    </Group>
                  </li>
                ))}
              </BorderedList>
            )}
          </section>
          {chosen !== undefined && (
            <GiveDialog path={path} to={chosen} onClose={() => setChosen(undefined)} />
          )}
        </Stack>
      )}
    </Loaded>
  );
}

interface GiveDialogProps {
  readonly path: Named;
  readonly to: Claimant;
  onClose(): void;
}

function GiveDialog({ path, to, onClose }: GiveDialogProps) {
  const [samePackage, setSamePackage] = useState(false);
  const name = nameOf(path);
  const give = useChange({
    send: (why: string) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/packages/{vendor}/{name}/holder', {
          params: { path },
          body: { repository: to.id, samePackage, why },
        }),
      ),
    refreshes: [queryKeys.organization(path.slug)],
    onDone: () => {
      notifyDone(words.done(name, to.name));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={words.title(name, to.name)}
      action={words.confirm}
      asksWhy
      isPending={give.isPending}
      error={give.error}
      onConfirm={({ why }) => give.mutate(why)}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text size="sm">{words.text}</Text>
        <Checkbox
          label={words.samePackage}
          checked={samePackage}
          onChange={(event) => setSamePackage(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
