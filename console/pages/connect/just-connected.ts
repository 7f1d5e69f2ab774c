const connected = new Set<string>();

/** The person connects it in this page; forgotten with the page, so that a reload makes no further token. */
export const noteConnected = (slug: string): void => {
  connected.add(slug);
};

/** Whether the person has just connected it. True once only. */
export const takeConnected = (slug: string): boolean => connected.delete(slug);
