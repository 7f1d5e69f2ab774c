/**
 * Whether somebody was signed in when the console was last open here: a guess at which files it needs, before the API answers. It gives nobody
 * any right.
 */
const key = 'repertoire-was-signed-in';

export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    // The browser may refuse to keep anything.
    return false;
  }
}

export function noteSignedIn(is: boolean): void {
  try {
    if (is) {
      localStorage.setItem(key, '1');
    } else {
      localStorage.removeItem(key);
    }
  } catch {
    // Then it is guessed wrong the next time, which costs a moment.
  }
}
