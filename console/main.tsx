import './styles.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/global.layer.css';
import 'virtual:theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { Entry } from './layout/entry.tsx';
import { theme } from './theme.ts';

// The router loads everything anew when a page's file cannot be had. Without a connection nothing would be left: layout/error-page.tsx
window.addEventListener('vite:preloadError', (event) => {
  if (!navigator.onLine) {
    event.preventDefault();
  }
});

const root = document.getElementById('console');
if (root === null) {
  throw new Error('the page has no place for the console');
}
createRoot(root).render(
  <StrictMode>
    {/* What Mantine would put into a style element is in a stylesheet: build/theme-css.ts */}
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withGlobalClasses={false}
      withCssVariables={false}
    >
      <QueryClientProvider client={createQueryClient()}>
        <Entry />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
