/** Whether nobody has navigated since the console was loaded: then the browser's own focus is right. */
const loadedAt = window.location.href;
let hasNavigated = false;

export function isFirstPage(): boolean {
  hasNavigated ||= window.location.href !== loadedAt;
  return !hasNavigated;
}
