import { useParams } from '@tanstack/react-router';
import { Page } from './page.tsx';
import { Empty } from './states.tsx';

/** Stands for a page that is not there yet. */
export function PlaceholderPage({ title }: { readonly title: string }) {
  const slug = useParams({ strict: false, select: (params) => params.slug });
  return (
    <Page title={title} of={slug}>
      <Empty title={title} text="This page is being built." />
    </Page>
  );
}
