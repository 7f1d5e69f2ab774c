import { Button, type ButtonProps } from '@mantine/core';

interface SignInFormProps extends Pick<ButtonProps, 'variant'> {
  /** Where the form goes: `start` of GET /sign-in-hosts. */
  readonly start: string;
  readonly label: string;
  /** Leaves this page as it is. */
  readonly isInNewTab?: boolean;
}

/** A button for whoever is not signed in, that leads to a code host and back to this page. */
export function SignInForm({ start, label, variant, isInNewTab = false }: SignInFormProps) {
  const { pathname, search } = window.location;
  return (
    <form method="post" action={start} target={isInNewTab ? '_blank' : undefined}>
      <input type="hidden" name="purpose" value="sign-in" />
      <input type="hidden" name="return" value={`${pathname}${search}`} />
      <Button
        type="submit"
        variant={variant}
        size="md"
        fullWidth
        h="auto"
        mih={42}
        px="xs"
        py="xs"
        styles={{ label: { whiteSpace: 'normal', lineHeight: 1.25 } }}
      >
        {label}
      </Button>
    </form>
  );
}
