/** Whether the session of whoever is signed in ended while the console was open. */
type Listener = () => void;

let hasEnded = false;
const listeners = new Set<Listener>();

export function setSessionEnded(ended: boolean): void {
  if (ended !== hasEnded) {
    hasEnded = ended;
    for (const listener of listeners) {
      listener();
    }
  }
}

export const hasSessionEnded = (): boolean => hasEnded;

export function onSessionEnd(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
