import { Avatar, Group, Text } from '@mantine/core';

interface PersonProps {
  readonly name?: string | undefined;
  readonly login: string;
  /** Beneath the name, instead of the login. */
  readonly detail?: string | undefined;
}

/** Somebody, by the initials: pictures of code hosts are not loaded, so that these do not learn who looks at whom. */
export function Person({ name, login, detail }: PersonProps) {
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <PersonAvatar name={name ?? login} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={500} truncate>
          {name ?? login}
        </Text>
        {(detail ?? (name === undefined ? undefined : login)) !== undefined && (
          <Text size="xs" c="dimmed" truncate>
            {detail ?? login}
          </Text>
        )}
      </div>
    </Group>
  );
}

/** Those whose text has enough contrast on its background: https://www.w3.org/TR/WCAG22/#contrast-minimum */
const initialsColors = ['blue', 'indigo', 'violet', 'grape', 'pink'];

export function PersonAvatar({ name, size = 30 }: { readonly name: string; readonly size?: number }) {
  return (
    <Avatar
      aria-hidden="true"
      name={name}
      color="initials"
      allowedInitialsColors={initialsColors}
      size={size}
      radius="xl"
      alt=""
    />
  );
}
