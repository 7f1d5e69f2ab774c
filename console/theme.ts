/** The look of the console: the one place for colours, sizes and the defaults of components. */
import {
  type BadgeProps,
  createTheme,
  type DrawerProps,
  type MantineColorsTuple,
  type MantineThemeOverride,
  type MenuProps,
  type ModalProps,
  type SegmentedControlProps,
  type TooltipProps,
} from '@mantine/core';

/** Shades from light to dark; the plain pages use the seventh. */
const brand: MantineColorsTuple = [
  '#eff4ff',
  '#dbe6fe',
  '#bfd3fe',
  '#93b4fd',
  '#608dfa',
  '#3b6cf6',
  '#2453e3',
  '#1d4ed8',
  '#1e3fae',
  '#1e3889',
];

// Locking the scroll and scaling inputs put a style element into the page, which the content security policy refuses.
const withoutStyleElement = { lockScroll: false } as const;
// Outside of `main` a header would be the banner of the whole page: https://www.w3.org/TR/html-aam-1.0/#el-header-ancestorbody
const dialog = {
  attributes: { header: { role: 'presentation' } },
  styles: { title: { fontWeight: 600 } },
} as const;

/** As `Modal.extend` and the like do, without loading the component: no page begins with a dialog. */
const defaultsOf = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: { brand },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: defaultsOf<BadgeProps>({ tt: 'none', fw: 600 }),
    Modal: defaultsOf<ModalProps>({ ...withoutStyleElement, ...dialog, centered: true }),
    Drawer: defaultsOf<DrawerProps>({ ...withoutStyleElement, ...dialog }),
    // The colours of a label would change slowly, also when the colour scheme changes.
    SegmentedControl: defaultsOf<SegmentedControlProps>({ transitionDuration: 0 }),
    Menu: defaultsOf<MenuProps>({ shadow: 'md', position: 'bottom-end' }),
    Tooltip: defaultsOf<TooltipProps>({ openDelay: 300, events: { hover: true, focus: true, touch: true } }),
  },
});
