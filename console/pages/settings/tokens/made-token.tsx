import { Alert, Button, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client.ts';
import { authJson, composerAuth, configLine, repositoryLines } from '../../../components/composer-auth.ts';
import { CopyBlock } from '../../../components/copy-block.tsx';
import { CopyLine } from '../../../components/copy-button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { tokensWords } from '../../../words/tokens.ts';
import { tokenQuery } from './queries.ts';

const words = tokensWords.made;

interface MadeTokenProps {
  readonly slug: string;
  readonly made: Schemas['MadeToken'];
  onDone(): void;
}

/** The secret, this once, and what to do with it. */
export function MadeToken({ slug, made, onDone }: MadeTokenProps) {
  const { data } = useQuery(tokenQuery(slug, made.id));
  const isReady = (data?.state ?? made.state) === 'active';
  return (
    <Stack maw="44rem" gap="md">
      <Alert
        variant="light"
        color={isReady ? 'green' : 'blue'}
        icon={<Icon name={isReady ? 'check' : 'clock'} />}
      >
        <Text size="sm" fw={600}>
          {words.once}
        </Text>
        <Text size="sm" role="status">
          {isReady ? words.ready : words.waiting}
        </Text>
      </Alert>
      <CopyLine value={made.secret} label={words.copy} />
      <Tabs defaultValue="machine">
        <Tabs.List mb="sm">
          <Tabs.Tab value="machine">{words.ways.machine}</Tabs.Tab>
          <Tabs.Tab value="environment">{words.ways.environment}</Tabs.Tab>
          <Tabs.Tab value="file">{words.ways.file}</Tabs.Tab>
        </Tabs.List>
        <Way value="machine" hint={words.machineHint} text={configLine(made)} />
        <Way value="environment" hint={words.environmentHint} text={composerAuth(made)} />
        <Way value="file" hint={words.fileHint} text={authJson(made)} />
      </Tabs>
      <div>
        <Text size="sm" c="dimmed" mb={6}>
          {words.repository}
        </Text>
        <CopyBlock text={repositoryLines(slug, made.url).join('\n')} label={words.copyLines} />
      </div>
      <Button variant="default" onClick={onDone} style={{ alignSelf: 'flex-start' }}>
        {words.done}
      </Button>
    </Stack>
  );
}

interface WayProps {
  readonly value: string;
  readonly hint: string;
  readonly text: string;
}

const Way = ({ value, hint, text }: WayProps) => (
  <Tabs.Panel value={value}>
    <Text size="sm" c="dimmed" mb={6}>
      {hint}
    </Text>
    <CopyBlock text={text} label={words.copyLines} />
  </Tabs.Panel>
);
