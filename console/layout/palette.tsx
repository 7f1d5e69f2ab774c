import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onPaletteOpened, openPalette } from './palette-state.ts';

const load = async () => ({ default: (await import('./palette-dialog.tsx')).PaletteDialog });
const PaletteDialog = lazy(load);

/** After the first page has what it needs; whoever types right after the shortcut loses nothing then. */
const loadAfterMs = 4_000;

/** The command palette: Ctrl+K or ⌘K, also from within a field. */
export function Palette() {
  const [opened, setOpened] = useState(0);
  useEffect(() => onPaletteOpened(() => setOpened((count) => count + 1)), []);
  useEffect(() => {
    // It is asked for anew when it is needed.
    const timer = setTimeout(() => void load().catch(() => {}), loadAfterMs);
    return () => clearTimeout(timer);
  }, []);
  useHotkeys([['mod+K', openPalette]], []);
  return opened === 0 ? null : (
    <Suspense>
      <PaletteDialog opened={opened} />
    </Suspense>
  );
}
