import { useParams } from '@tanstack/react-router';

/** The organization that the address names; undefined on pages of none. */
export const useSlug = (): string | undefined => useParams({ strict: false, select: ({ slug }) => slug });
