/** Loads the stylesheet of each of Mantine's components that the console uses, where it uses it. https://mantine.dev/styles/css-files-list/ */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const styles = fileURLToPath(new URL('../../node_modules/@mantine/core/styles', import.meta.url));
/** The names of a component's classes, which it imports; what radio buttons, boxes and switches share is in `utils`. */
const classNames = /[\\/]@mantine[\\/]core[\\/]esm[\\/](?:components|utils)[\\/].*\.module\.mjs$/;

export const componentCss = (): Plugin => ({
  name: 'component-css',
  transform(code, id) {
    const file = `${basename(id, '.module.mjs')}.layer.css`;
    return classNames.test(id) && existsSync(`${styles}/${file}`)
      ? { code: `import '@mantine/core/styles/${file}';\n${code}`, map: null }
      : undefined;
  },
});
