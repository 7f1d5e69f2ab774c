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

/** Between the tabs of this browser. */
const channelName = 'person-confirmed';

/** Tells the other tabs that the person has proven it. */
export function tellPersonConfirmed(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(null);
  channel.close();
}

/** Hears that another tab has proven it, or that this one is seen again. */
export function onPersonConfirmed(listener: Listener): () => void {
  const channel = new BroadcastChannel(channelName);
  const onSeen = (): void => {
    if (document.visibilityState === 'visible') {
      listener();
    }
  };
  channel.addEventListener('message', listener);
  document.addEventListener('visibilitychange', onSeen);
  return () => {
    channel.close();
    document.removeEventListener('visibilitychange', onSeen);
  };
}
