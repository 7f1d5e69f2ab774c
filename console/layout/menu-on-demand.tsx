import { type LazyExoticComponent, type ReactElement, Suspense, useState } from 'react';

/** Of the button: to be spread into it. */
interface TargetProps {
  readonly 'aria-haspopup'?: 'menu';
  readonly 'aria-expanded'?: boolean;
  readonly onClick?: () => void;
  readonly onPointerEnter?: () => void;
  readonly onFocus?: () => void;
}

interface MenuOnDemandProps {
  /** The button that opens the menu. */
  readonly target: (props: TargetProps) => ReactElement;
  /** The menu, open at first, around its button. */
  readonly menu: LazyExoticComponent<(props: { readonly target: ReactElement }) => ReactElement>;
  /** Loads the menu's files. */
  readonly load: () => Promise<unknown>;
}

/** A button whose menu is loaded when somebody is about to press it: no page waits for menus. */
export function MenuOnDemand({ target, menu: Menu, load }: MenuOnDemandProps) {
  const [isWanted, setIsWanted] = useState(false);
  // It is asked for anew when it is pressed.
  const loadEarly = (): void => void load().catch(() => {});
  const closed = target({
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setIsWanted(true),
    onPointerEnter: loadEarly,
    onFocus: loadEarly,
  });
  return isWanted ? (
    <Suspense fallback={closed}>
      <Menu target={target({})} />
    </Suspense>
  ) : (
    closed
  );
}
