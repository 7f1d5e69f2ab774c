import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ConfirmDialog, type Confirmed } from './confirm-dialog.tsx';

interface ConfirmButtonProps
  extends Pick<ButtonProps, 'variant' | 'size' | 'color' | 'flex' | 'leftSection'> {
  readonly label: string;
  /** What is said instead of the label to whoever does not see where the button is. */
  readonly spoken?: string;
  /** Of the dialog. */
  readonly title: string;
  /** On the dialog's button; the label if left out. */
  readonly action?: string;
  readonly typed?: string;
  readonly asksWhy?: boolean;
  /** What happens, and whether it can be undone. */
  readonly children: ReactNode;
  /** Sent once it was confirmed: what `useChange` gives. */
  readonly change: {
    readonly isPending: boolean;
    readonly error: unknown;
    mutate(confirmed: Confirmed, options: { onSuccess(): void }): void;
  };
}

/** A button whose change is sent once it was confirmed in a dialog, which closes when that is done. */
export function ConfirmButton({
  label,
  spoken,
  title,
  action = label,
  typed,
  asksWhy,
  children,
  change,
  ...button
}: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button
        variant="default"
        {...button}
        {...(spoken !== undefined && { 'aria-label': spoken })}
        onClick={() => setIsOpen(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={title}
        action={action}
        {...(typed !== undefined && { typed })}
        {...(asksWhy !== undefined && { asksWhy })}
        isPending={change.isPending}
        error={change.error}
        onConfirm={(confirmed) => change.mutate(confirmed, { onSuccess: close })}
        onClose={close}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
