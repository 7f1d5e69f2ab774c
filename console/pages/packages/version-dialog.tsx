import { Alert, Anchor, Code, Group, List, Modal, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { CopyButton, CopyLine } from '../../components/copy-button.tsx';
import { When } from '../../components/when.tsx';
import { commonWords } from '../../words/common.ts';
import { packageWords } from '../../words/package.ts';
import { type Named, nameOf } from './queries.ts';
import { hereFirst, RequirementText } from './requirements.tsx';

const words = packageWords.version;

interface VersionDialogProps {
  readonly path: Named;
  readonly version: Schemas['Version'];
  onClose(): void;
}

/** All that is known of a version. */
export function VersionDialog({ path, version, onClose }: VersionDialogProps) {
  const { ref, commit, time, page, state, requires, requiresForDevelopment, reason, linksLeftOut } = version;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${nameOf(path)} ${version.version}`}
      size="lg"
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      <Stack gap="md">
        {reason !== undefined && <Text size="sm">{reason}</Text>}
        <Group gap="xl" align="flex-start">
          <Fact name={words.ref[ref.kind]}>{ref.name}</Fact>
          <Fact name={words.date}>
            <When at={time} />
          </Fact>
          <Fact name={words.commit}>
            <Group gap={4} wrap="nowrap">
              <Code>{commit.slice(0, 12)}</Code>
              <CopyButton value={commit} />
            </Group>
          </Fact>
        </Group>
        {page !== undefined && (
          <Anchor href={page} size="sm" rel="noreferrer">
            {words.files}
          </Anchor>
        )}
        {state === 'published' && (
          <section aria-label={words.install}>
            <CopyLine value={`composer require ${nameOf(path)}:${version.version}`} />
          </section>
        )}
        {linksLeftOut.length > 0 && <LinksLeftOut links={linksLeftOut} />}
        <Requirements title={words.requires} slug={path.slug} requirements={requires} />
        <Requirements
          title={words.requiresForDevelopment}
          slug={path.slug}
          requirements={requiresForDevelopment}
        />
      </Stack>
    </Modal>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

function LinksLeftOut({ links }: { readonly links: readonly string[] }) {
  return (
    <Alert color="yellow" variant="light" title={words.linksLeftOut}>
      <Text size="sm">{words.linksLeftOutText}</Text>
      <List size="sm" listStyleType="none" mt="xs">
        {links.map((link) => (
          <List.Item key={link}>
            <Code>{link}</Code>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

interface RequirementsProps {
  readonly title: string;
  readonly slug: string;
  readonly requirements: Schemas['Version']['requires'];
}

function Requirements({ title, slug, requirements }: RequirementsProps) {
  return requirements.length === 0 ? null : (
    <section>
      <Title order={2} size="sm" mb={4}>
        {title}
      </Title>
      <List size="sm" spacing={2}>
        {hereFirst(requirements).map((one) => (
          <List.Item key={one.name}>
            <RequirementText slug={slug} requirement={one} />
          </List.Item>
        ))}
      </List>
    </section>
  );
}
