import { Button, type ButtonProps } from '@mantine/core';

interface SignInFormProps extends Pick<ButtonProps, 'variant'> {
  /** Where the form goes: `start` of GET /sign-in-hosts. */
  readonly start: string;
  readonly label: string;
}

/** A button for whoever is not signed in, that leads to a code host and back to this page. */
export function SignInForm({ start, label, variant }: SignInFormProps) {
  const { pathname, search } = window.location;
  return (
    <form method="post" action={start}>
      <input type="hidden" name="purpose" value="sign-in" />
      <input type="hidden" name="return" value={`${pathname}${search}`} />
      <Button type="submit" variant={variant} size="md" fullWidth>
        {label}
      </Button>
    </form>
  );
}
