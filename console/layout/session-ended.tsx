import { lazy, Suspense, useSyncExternalStore } from 'react';
import { hasSessionEnded, onSessionEnd } from '../api/session-end.ts';

const Dialog = lazy(async () => ({
  default: (await import('./session-ended-dialog.tsx')).SessionEndedDialog,
}));

/** Asks whoever works here to sign in again when the session has ended. Its files are loaded then. */
export function SessionEnded() {
  const hasEnded = useSyncExternalStore(onSessionEnd, hasSessionEnded);
  return (
    hasEnded && (
      <Suspense>
        <Dialog />
      </Suspense>
    )
  );
}
