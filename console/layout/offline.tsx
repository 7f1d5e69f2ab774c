import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { commonWords as words } from '../words/common.ts';
import classes from './shell.module.css';

/** Says that there is no connection, for as long as there is none. */
export function Offline() {
  const isOnline = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
  return (
    <div role="status" className={isOnline ? undefined : classes.offline}>
      {!isOnline && words.offline}
    </div>
  );
}
