import { Button, Menu } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { Icon } from '../../components/icon.tsx';
import { saveFile } from '../../components/save-file.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { settingsWords } from '../../words/settings.ts';
import { Section } from './section.tsx';

const words = settingsWords.exported;
const parts = ['all', 'settings', 'packages', 'members', 'history'] as const;
type Part = (typeof parts)[number];

async function exportPart(slug: string, part: Part): Promise<void> {
  const { data = '' } = await api.GET('/api/v1/organizations/{slug}/export', {
    params: { path: { slug }, query: part === 'all' ? {} : { part } },
    parseAs: 'text',
  });
  saveFile(`${slug}${part === 'all' ? '' : `-${part}`}.jsonl`, data, 'application/jsonl');
}

/** Saves everything of an organization, or a part of it, as a file. */
export function ExportOrganization({ slug }: { readonly slug: string }) {
  const change = useChange({ send: (part: Part) => exportPart(slug, part) });
  return (
    <Section
      title={words.title}
      description={words.description}
      action={
        <Menu>
          <Menu.Target>
            <Button
              variant="default"
              loading={change.isPending}
              rightSection={<Icon name="down" size={16} />}
              flex="none"
            >
              {words.button}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {parts.map((part) => (
              <Menu.Item key={part} onClick={() => change.mutate(part)}>
                {words.parts[part]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      }
    >
      <ProblemAlert error={change.error} />
    </Section>
  );
}
