/**
 * The theme's variables and the classes for screen sizes as a stylesheet. Mantine would put them into the page while it runs, which the content
 * security policy refuses. https://mantine.dev/styles/css-variables/
 */
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  keys,
  mergeMantineTheme,
} from '@mantine/core';
import type { Plugin } from 'vite';
import { theme } from '../theme.ts';

const moduleName = 'virtual:theme.css';

/** Provides the import `virtual:theme.css`. */
export const themeCss = (): Plugin => ({
  name: 'theme-css',
  resolveId: (id) => (id === moduleName ? `\0${moduleName}` : undefined),
  load: (id) => (id === `\0${moduleName}` ? themeStyles() : undefined),
});

export function themeStyles(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const variables = convertCssVariables(defaultCssVariablesResolver(merged), ':root');
  const sizes = keys(merged.breakpoints).flatMap((size) => {
    const width = merged.breakpoints[size];
    return [
      `@media (max-width: calc(${width} - 0.1px)) { .mantine-visible-from-${size} { display: none !important; } }`,
      `@media (min-width: ${width}) { .mantine-hidden-from-${size} { display: none !important; } }`,
    ];
  });
  return ['@layer mantine {', variables, ...sizes, '}'].join('\n');
}
