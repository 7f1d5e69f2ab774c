/** When a hook that fails is disabled: app/models/concerns/web_hooks/auto_disabling.rb. */
import type { Hook } from './state.ts';
import { differences, type Variant } from './variants.ts';

/** So many consecutive failures are let pass. */
const tolerated = 3;
/** And after so many more it is disabled for good. */
const mostFailures = 39;
const minute = 60 * 1000;
const day = 24 * 60 * minute;

type AlertStatus = 'executable' | 'temporarily_disabled' | 'disabled';

function alertStatus(variant: Variant, hook: Hook, now: number): AlertStatus {
  if (!differences.disablesFailingHooks(variant)) return 'executable';
  if (hook.failures > mostFailures || hook.disabledForGood) return 'disabled';
  const isWaiting = hook.disabledUntil !== undefined && Date.parse(hook.disabledUntil) >= now;
  return isWaiting && hook.failures > tolerated ? 'temporarily_disabled' : 'executable';
}

/** The fields of a hook that tell whether it is disabled. */
export function hookStatus(variant: Variant, hook: Hook, now: number) {
  const status = alertStatus(variant, hook, now);
  const until = status === 'temporarily_disabled' ? (hook.disabledUntil ?? null) : null;
  return { alert_status: status, disabled_until: until };
}

export function isExecutable(variant: Variant, hook: Hook, now: number): boolean {
  return alertStatus(variant, hook, now) === 'executable';
}

/**
 * Notes the outcome of a delivery: one that succeeds enables the hook again, also a test of one that is disabled for good.
 *
 * @param status of the receiver's answer; 0 if there was none
 */
export function noteOutcome(variant: Variant, hook: Hook, status: number, now: number): void {
  if (status >= 200 && status <= 299) {
    hook.failures = 0;
    delete hook.disabledUntil;
    delete hook.disabledForGood;
    return;
  }
  if (!differences.disablesFailingHooks(variant) || !isExecutable(variant, hook, now)) return;
  hook.failures = Math.min(hook.failures + 1, mostFailures + 1);
  if (hook.failures <= tolerated) return;
  if (differences.disablesAfterClientErrors(variant) && status >= 400 && status <= 499) {
    hook.disabledForGood = true;
    return;
  }
  const doublings = hook.failures - tolerated - 1;
  const waitMs = Math.min(day, minute * 2 ** doublings);
  hook.disabledUntil = new Date(now + waitMs).toISOString();
}
