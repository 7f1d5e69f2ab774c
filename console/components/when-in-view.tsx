import { type ReactNode, useEffect, useRef, useState } from 'react';

/** How far below the screen drawing begins, so that whoever scrolls finds it there. */
const rootMargin = '300px';

interface WhenInViewProps {
  /** Holds the place until then: of the same height, so that nothing moves. */
  readonly placeholder: ReactNode;
  readonly children: ReactNode;
}

/** What takes long to draw, from when it is about to be seen on: a phone can be used before it has drawn a chart far below. */
export function WhenInView({ placeholder, children }: WhenInViewProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (isSeen || element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setIsSeen(true);
      },
      { rootMargin },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return <div ref={element}>{isSeen ? children : placeholder}</div>;
}
