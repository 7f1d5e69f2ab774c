import { ButtonLink } from '../components/link.tsx';
import { Page } from '../components/page.tsx';
import { Empty } from '../components/states.tsx';
import { commonWords as words } from '../words/common.ts';

export const NotFoundPage = () => (
  <Page title={words.notFound.title}>
    <Empty
      icon="search"
      title={words.notFound.title}
      text={words.notFound.text}
      action={
        <ButtonLink to="/" variant="default" mt="xs">
          {words.toStart}
        </ButtonLink>
      }
    />
  </Page>
);
