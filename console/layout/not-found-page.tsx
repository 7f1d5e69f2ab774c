import { ButtonLink } from '../components/link.tsx';
import { Page } from '../components/page.tsx';
import { commonWords as words } from '../words/common.ts';

export const NotFoundPage = () => (
  <Page title={words.notFound.title} description={words.notFound.text}>
    <ButtonLink to="/" variant="default" style={{ alignSelf: 'flex-start' }}>
      {words.toStart}
    </ButtonLink>
  </Page>
);
