import { MultiSelect, Radio, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { searchQuery } from '../../components/found-select.tsx';
import { fieldProblem } from '../../components/problem-text.ts';
import { commonWords } from '../../words/common.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { type ReadersForm, readerKinds } from './readers.ts';

const words = vcsRepositoriesWords.readers;
const pauseMs = 150;
/** The API takes so many. */
const teamsMax = 100;

interface ReadersFieldsProps {
  readonly slug: string;
  /** Left out where a heading says it. */
  readonly label?: string;
  readonly value: ReadersForm;
  onChange(value: ReadersForm): void;
  readonly error: unknown;
}

/** Who may install what is in a repository. */
export function ReadersFields({ slug, label, value, onChange, error }: ReadersFieldsProps) {
  return (
    <>
      <Radio.Group
        {...(label === undefined ? { 'aria-label': vcsRepositoriesWords.form.readers } : { label })}
        value={value.kind}
        onChange={(chosen) =>
          onChange({ ...value, kind: readerKinds.find((kind) => kind === chosen) ?? value.kind })
        }
      >
        <Stack gap="xs" mt={label === undefined ? 0 : 'xs'}>
          {readerKinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={words.kinds[kind].label}
              description={words.kinds[kind].text}
            />
          ))}
        </Stack>
      </Radio.Group>
      {value.kind === 'teams' && <Teams slug={slug} value={value} onChange={onChange} error={error} />}
    </>
  );
}

function Teams({ slug, value, onChange, error }: Omit<ReadersFieldsProps, 'label'>) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim().toLowerCase(), pauseMs);
  const { data } = useQuery(searchQuery(slug, asked));
  const found = asked === '' ? [] : (data?.teams ?? []);
  // Of several code hosts teams may have the same name: each stands there by its id.
  const known = new Map([...value.teams, ...found].map(({ id, name }) => [id, { id, name }]));
  return (
    <MultiSelect
      label={words.teams}
      required={value.teams.length === 0}
      placeholder={words.typeName}
      data={[...known.values()].map(({ id, name }) => ({ value: id, label: name }))}
      value={value.teams.map(({ id }) => id)}
      onChange={(ids) => onChange({ ...value, teams: ids.flatMap((id) => known.get(id) ?? []) })}
      searchable
      searchValue={text}
      onSearchChange={setText}
      maxValues={teamsMax}
      nothingFoundMessage={asked === '' ? words.typeName : commonWords.nothingFound}
      error={fieldProblem(error, '/readers/teams')}
    />
  );
}
