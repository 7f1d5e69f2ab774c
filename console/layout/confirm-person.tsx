import { lazy, Suspense, useSyncExternalStore } from 'react';
import { isPersonAsked, onPersonAsked } from '../api/confirm-person.ts';

const Dialog = lazy(async () => ({
  default: (await import('./confirm-person-dialog.tsx')).ConfirmPersonDialog,
}));

/** Opens when the API wants a recent sign-in for a change, and leads to the code host and back to the same page. */
export function ConfirmPerson() {
  const isAsked = useSyncExternalStore(onPersonAsked, isPersonAsked);
  return isAsked ? (
    <Suspense>
      <Dialog />
    </Suspense>
  ) : null;
}
