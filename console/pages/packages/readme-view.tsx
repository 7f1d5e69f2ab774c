import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { isProblem } from '../../api/problem.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Empty, LoadingRows } from '../../components/states.tsx';
import { packageWords } from '../../words/package.ts';
import type { PanelProps } from './panel.ts';
import { readmeQuery } from './queries.ts';
import classes from './readme.module.css';

const words = packageWords.readme;
const hashShown = 10;
const Markdown = lazy(async () => ({ default: (await import('./markdown.tsx')).Markdown }));

export function ReadmeView({ path, found }: PanelProps) {
  const query = useQuery(readmeQuery(path));
  return isProblem(query.error, 'not-found') ? (
    <Empty {...words.none} />
  ) : (
    <Loaded query={query}>
      {({ text, mediaType, file, commit }) => (
        <Paper withBorder p="lg">
          <Text size="xs" c="dimmed" mb="md">
            {file} · {words.source(commit.slice(0, hashShown))}
          </Text>
          {mediaType === 'text/markdown' ? (
            <Suspense fallback={<LoadingRows />}>
              <Markdown text={text} base={found.links?.page} />
            </Suspense>
          ) : (
            <pre className={classes.text}>{text}</pre>
          )}
        </Paper>
      )}
    </Loaded>
  );
}
