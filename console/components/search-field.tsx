import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { Icon } from './icon.tsx';

const pauseMs = 250;

interface SearchFieldProps {
  readonly label: string;
  /** What is searched for, as the address has it. */
  readonly value: string | undefined;
  /** Called when somebody pauses: with undefined for nothing. */
  onSearch(text: string | undefined): void;
}

/** A part of a name by which a list is filtered. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value ?? '');
  const [asked, setAsked] = useState(value);
  const search = useDebouncedCallback((typed: string) => {
    const wanted = typed.trim().toLowerCase() || undefined;
    setAsked(wanted);
    onSearch(wanted);
  }, pauseMs);
  // Something else changed the address, such as a link that clears the filter.
  if (asked !== value) {
    setAsked(value);
    setText(value ?? '');
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
      flex="1 1 14rem"
      maw="24rem"
    />
  );
}
