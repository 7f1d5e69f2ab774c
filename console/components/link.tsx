/** Mantine's components as links of the router: `to` is checked against the routes. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

/** What a component of Mantine takes that is shown as a link. */
export type NativeLinkProps<Own> = Own &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Own> & { readonly ref?: Ref<HTMLAnchorElement> };

/** A link in text. */
export const AnchorLink = createLink((props: NativeLinkProps<AnchorProps>) => <Anchor {...props} />);

/** A button that leads to another page. */
export const ButtonLink = createLink((props: NativeLinkProps<ButtonProps>) => (
  <Button component="a" {...props} />
));
