import { Button, Collapse, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CopyLine } from '../../components/copy-button.tsx';
import { packageWords } from '../../words/package.ts';
import { InstallWithToken } from '../connect/install-with-token.tsx';
import { type Named, nameOf } from './queries.ts';

const words = packageWords.install;

/** The line that installs it; the repository has to be set up once for each project. */
export function Install({ path }: { readonly path: Named }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <section aria-label={words.title}>
      <Title order={2} size="sm" mb={6}>
        {words.title}
      </Title>
      <CopyLine value={`composer require ${nameOf(path)}`} />
      <Button variant="subtle" size="compact-sm" mt={4} ml={-9} aria-expanded={isOpen} onClick={toggle}>
        {words.setUp}
      </Button>
      <Collapse expanded={isOpen} pt="xs">
        {isOpen && <InstallWithToken slug={path.slug} example={nameOf(path)} />}
      </Collapse>
    </section>
  );
}
