/**
 * A readme as elements of the page. Its HTML is never shown as such, only the text in it; images are links, since the content security
 * policy loads none of other hosts. https://github.github.com/gfm/
 */
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { createElement, Fragment, type ReactNode } from 'react';
import { packageWords } from '../../words/package.ts';
import classes from './readme.module.css';
import { addressIn, textOfHtml } from './readme-text.ts';

interface MarkdownProps {
  readonly text: string;
  /** What relative addresses begin at: the files of the repository on the code host. */
  readonly base: string | undefined;
}

/** A file of its own: only whoever reads a readme needs what parses it. */
export const Markdown = ({ text, base }: MarkdownProps) => (
  <div className={classes.markdown}>{all(lexer(text, { gfm: true }), base)}</div>
);

/** As arguments: what was parsed does not change, so none needs a key. */
const all = (tokens: readonly Token[] | undefined, base: string | undefined): ReactNode =>
  createElement(Fragment, {}, ...(tokens ?? []).map((token) => shown(token as MarkedToken, base)));

/** The title of the page comes before its headings. */
const headingOf = (depth: number): string => `h${Math.min(6, depth + 1)}`;

function shown(token: MarkedToken, base: string | undefined): ReactNode {
  switch (token.type) {
    case 'heading':
      return createElement(headingOf(token.depth), {}, all(token.tokens, base));
    case 'paragraph':
      return <p>{all(token.tokens, base)}</p>;
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote>{all(token.tokens, base)}</blockquote>;
    case 'list':
      return listOf(token, base);
    case 'table':
      return tableOf(token, base);
    case 'hr':
      return <hr />;
    case 'html':
      return textOfHtml(token.text);
    case 'space':
    case 'def':
      return null;
    default:
      return inline(token, base);
  }
}

function inline(token: MarkedToken, base: string | undefined): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{all(token.tokens, base)}</strong>;
    case 'em':
      return <em>{all(token.tokens, base)}</em>;
    case 'del':
      return <del>{all(token.tokens, base)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return linkTo(token.href, base, all(token.tokens, base));
    case 'image':
      return linkTo(token.href, base, packageWords.readme.image(token.text));
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? all(token.tokens, base) : token.text;
    case 'escape':
      return token.text;
    default:
      return null;
  }
}

function linkTo(href: string, base: string | undefined, content: ReactNode): ReactNode {
  const address = addressIn(href, base);
  return address === undefined ? (
    <span>{content}</span>
  ) : (
    <a href={address} rel="noreferrer nofollow">
      {content}
    </a>
  );
}

function listOf({ ordered, start, items }: Tokens.List, base: string | undefined): ReactNode {
  const rows = items.map(({ tokens }) => createElement('li', {}, all(tokens, base)));
  return ordered
    ? createElement('ol', { start: start === '' ? 1 : start }, ...rows)
    : createElement('ul', {}, ...rows);
}

function tableOf({ header, rows }: Tokens.Table, base: string | undefined): ReactNode {
  const headings = header.map(({ tokens }) => createElement('th', { scope: 'col' }, all(tokens, base)));
  const body = rows.map((row) =>
    createElement('tr', {}, ...row.map(({ tokens }) => createElement('td', {}, all(tokens, base)))),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div className={classes.table} tabIndex={0}>
      <table>
        <thead>{createElement('tr', {}, ...headings)}</thead>
        {createElement('tbody', {}, ...body)}
      </table>
    </div>
  );
}
