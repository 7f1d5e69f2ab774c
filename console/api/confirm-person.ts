/** Whether the person is being asked to prove again who it is: the API wants that before a dangerous change. */
type Listener = () => void;

let isAsked = false;
const listeners = new Set<Listener>();

function set(asked: boolean): void {
  isAsked = asked;
  for (const listener of listeners) {
    listener();
  }
}

export const askToConfirmPerson = (): void => set(true);
export const stopAskingPerson = (): void => set(false);
export const isPersonAsked = (): boolean => isAsked;

export function onPersonAsked(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
