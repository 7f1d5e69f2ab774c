import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface NumberFieldProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'onBlur' | 'suffix'> {
  readonly value: number;
  /** What it is again when somebody empties it and goes on. */
  readonly usual: number;
  /** Behind the number. */
  unit?(value: number): string;
  onNumber(value: number): void;
}

/** A field of a whole number that has to be one. While somebody types it may be empty, which the browser does not send. */
export function NumberField({ value, usual, unit, onNumber, ...field }: NumberFieldProps) {
  const [isEmpty, setIsEmpty] = useState(false);
  return (
    <NumberInput
      allowDecimal={false}
      required
      withAsterisk={false}
      {...field}
      value={isEmpty ? '' : value}
      {...(unit !== undefined && { suffix: unit(value) })}
      onChange={(entered) => {
        setIsEmpty(entered === '');
        if (typeof entered === 'number') {
          onNumber(entered);
        }
      }}
      onBlur={() => {
        if (isEmpty) {
          setIsEmpty(false);
          onNumber(usual);
        }
      }}
    />
  );
}
