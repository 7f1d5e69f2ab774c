import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onPaletteOpened, openPalette } from './palette-state.ts';

const PaletteDialog = lazy(async () => ({ default: (await import('./palette-dialog.tsx')).PaletteDialog }));

/** The command palette: Ctrl+K or ⌘K, also from within a field. */
export function Palette() {
  const [opened, setOpened] = useState(0);
  useEffect(() => onPaletteOpened(() => setOpened((count) => count + 1)), []);
  useHotkeys([['mod+K', openPalette]], []);
  return opened === 0 ? null : (
    <Suspense>
      <PaletteDialog opened={opened} />
    </Suspense>
  );
}
