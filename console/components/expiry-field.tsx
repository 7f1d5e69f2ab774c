import { Group, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { commonWords } from '../words/common.ts';
import { dayRange, type Expiry, endOf, expiryChoices, never, ownDate } from './expiry.ts';
import { exactDay } from './time.ts';

const words = commonWords.expiry;

interface ExpiryFieldProps {
  /** In days, what is chosen first. */
  readonly usual: number;
  /** In days; undefined: any. */
  readonly longest?: number | undefined;
  readonly value: Expiry;
  onChange(value: Expiry): void;
  readonly error?: string | undefined;
}

/** When a token or key ends: so many days from now, on a day, or never. */
export function ExpiryField({ usual, longest, value, onChange, error }: ExpiryFieldProps) {
  const [now] = useState(() => Date.now());
  const end = endOf(value, now);
  return (
    <Group align="flex-start" gap="sm">
      <Select
        label={words.label}
        description={
          value.choice === never
            ? words.neverHint
            : end === undefined
              ? '\u00a0'
              : words.endsOn(exactDay(end.getTime()))
        }
        data={expiryChoices(usual, longest).map((choice) => ({ value: choice, label: labelOf(choice) }))}
        value={value.choice}
        onChange={(choice) => choice !== null && onChange({ ...value, choice })}
        allowDeselect={false}
        error={error}
        flex="1 1 12rem"
      />
      {value.choice === ownDate && (
        <TextInput
          type="date"
          label={words.day}
          description={'\u00a0'}
          required
          {...dayRange(longest, now)}
          value={value.date}
          onChange={(event) => onChange({ ...value, date: event.currentTarget.value })}
          flex="1 1 12rem"
        />
      )}
    </Group>
  );
}

const labelOf = (choice: string): string =>
  choice === never ? words.never : choice === ownDate ? words.ownDate : words.days(Number(choice));
