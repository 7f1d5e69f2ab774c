import { Group } from '@mantine/core';
import { useFoundPeople } from '../../components/found-people.ts';
import { FoundSelect } from '../../components/found-select.tsx';
import { whyWords as words } from '../../words/why.ts';
import type { WhySearch } from './search.ts';

interface ChooserProps {
  readonly slug: string;
  readonly search: WhySearch;
  /** The name of the person that is chosen, once it is known. */
  readonly personName: string | undefined;
  change(changed: WhySearch): void;
}

export function Chooser({ slug, search, personName, change }: ChooserProps) {
  const labelOf = useFoundPeople(slug);
  return (
    <Group gap="sm" align="flex-end">
      <FoundSelect
        flex="1 1 16rem"
        maw="24rem"
        slug={slug}
        label={words.person}
        hint={words.personHint}
        chosen={
          search.person === undefined
            ? undefined
            : { value: search.person, label: personName ?? search.person }
        }
        optionsOf={({ people }) => people.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChoose={(person) => change({ person })}
      />
      <FoundSelect
        flex="1 1 16rem"
        maw="24rem"
        slug={slug}
        label={words.package}
        hint={words.packageHint}
        chosen={search.package === undefined ? undefined : { value: search.package, label: search.package }}
        optionsOf={({ packages }) => packages.map(({ name }) => ({ value: name, label: name }))}
        onChoose={(name) => change({ package: name })}
      />
    </Group>
  );
}
