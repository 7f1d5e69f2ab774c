import { Code } from '@mantine/core';
import { codeSpans } from './code-spans.ts';

/** A text of the API, whose code in backticks is shown as code. */
export const CodeText = ({ text }: { readonly text: string }) =>
  codeSpans(text).map((span) => (span.isCode ? <Code key={span.from}>{span.text}</Code> : span.text));
