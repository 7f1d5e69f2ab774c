/** Whether the command palette was asked for. Its code is loaded then. */
type Listener = () => void;
const listeners = new Set<Listener>();

export function openPalette(): void {
  for (const listener of listeners) {
    listener();
  }
}

export function onPaletteOpened(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
