import { Select, type SelectProps } from '@mantine/core';

interface FilterSelectProps<Value extends string> extends Pick<SelectProps, 'flex' | 'maw' | 'w'> {
  readonly label: string;
  /** What is shown while nothing is chosen. */
  readonly any: string;
  readonly values: readonly Value[];
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value | undefined;
  onChange(value: Value | undefined): void;
}

/** Filters a list by one of some values, or by none. */
export const FilterSelect = <Value extends string>({
  label,
  any,
  values,
  words,
  value,
  onChange,
  ...size
}: FilterSelectProps<Value>) => (
  <Select
    aria-label={label}
    placeholder={any}
    data={values.map((one) => ({ value: one, label: words[one] }))}
    value={value ?? null}
    onChange={(chosen) => onChange(values.find((one) => one === chosen))}
    clearable
    {...size}
  />
);
