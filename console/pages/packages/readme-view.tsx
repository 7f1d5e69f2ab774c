import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isProblem } from '../../api/problem.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Empty } from '../../components/states.tsx';
import { packagesWords } from '../../words/packages.ts';
import { type Named, readmeQuery } from './queries.ts';
import classes from './readme-view.module.css';

export function ReadmeView({ path }: { readonly path: Named }) {
  const query = useQuery(readmeQuery(path));
  return isProblem(query.error, 'not-found') ? (
    <Empty {...packagesWords.package.noReadme} />
  ) : (
    <Loaded query={query}>
      {({ text }) => (
        <Paper withBorder p="lg">
          <pre className={classes.text}>{text}</pre>
        </Paper>
      )}
    </Loaded>
  );
}
