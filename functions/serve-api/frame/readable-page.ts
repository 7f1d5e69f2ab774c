/** The documentation as a page without scripts, made of the OpenAPI document. */
import { createHash } from 'node:crypto';
import { iconLink } from '../../../shared/runtime/page.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface OpenApiResponse extends Content {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly required?: boolean }>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
  readonly 'x-access': string;
  readonly 'x-or-right'?: readonly string[];
  readonly 'x-scope': string;
  readonly 'x-or-scope'?: readonly string[];
  readonly 'x-act'?: string;
  readonly 'x-dangerous'?: boolean;
  readonly 'x-idempotency'?: string;
  readonly 'x-repeated'?: number;
}

/** As far as we make it ourselves. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: Readonly<Record<string, { readonly description?: string }>>;
  };
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
code{font-family:ui-monospace,monospace;font-size:.9em}
article{border-top:1px solid #d0d0d5;padding:.5rem 0}
table{border-collapse:collapse;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}
.method{display:inline-block;min-width:4.5rem;font-weight:600}
@media(prefers-color-scheme:dark){body{color:#ececf0;background:#17171a}article{border-color:#3a3a40}a{color:#8ab4ff}}`;

/** For the page's `Content-Security-Policy`, which allows this style and no other. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

export function readablePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(tag));
    return `<section id="${idOf(tag)}"><h2>${text(tag)}</h2>${own.map(article).join('')}</section>`;
  });
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<article id="schema-${text(name)}"><h3>${text(name)}</h3>${paragraph(schema.description)}${fields(schema)}</article>`,
  );
  const { title, description } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)} API</title>${iconLink}<style>${style}</style></head><body><h1>${text(title)} API</h1>${paragraphs(description)}<p><a href="openapi.json">OpenAPI document</a></p>${contents(tags)}${authentication(document)}${sections.join('')}<section id="schemas"><h2>Schemas</h2>${schemas.join('')}</section></body></html>`;
}

const idOf = (tag: string): string => `tag-${text(tag.toLowerCase().replaceAll(' ', '-'))}`;

function contents(tags: readonly string[]): string {
  const links = [
    ['authentication', 'Authentication'],
    ...tags.map((tag) => [idOf(tag), tag]),
    ['schemas', 'Schemas'],
  ].map(([id = '', name = '']) => `<li><a href="#${id}">${text(name)}</a></li>`);
  return `<nav aria-label="Contents"><h2>Contents</h2><ul>${links.join('')}</ul></nav>`;
}

const schemeNames: Readonly<Record<string, string>> = { session: 'Session', apiKey: 'API key' };

function authentication({ components }: OpenApiDocument): string {
  const rows = Object.entries(components?.securitySchemes ?? {}).map(([name, { description = '' }]) =>
    row(schemeNames[name] ?? name, prose(description)),
  );
  return `<section id="authentication"><h2>Authentication</h2><table>${rows.join('')}</table></section>`;
}

function article(one: {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}): string {
  const { operation } = one;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['For', [operation['x-access'], ...(operation['x-or-right'] ?? [])].join(' or ')],
    ['Scope of a key', [operation['x-scope'], ...(operation['x-or-scope'] ?? [])].join(' or ')],
    ['History', operation['x-act']],
    ['Needs', operation['x-dangerous'] === true ? 'a sign-in within the last 15 minutes' : undefined],
    ['Repeatable', repetitionOf(operation)],
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [row(name, text(value))]));
  const parameters = (operation.parameters ?? []).map(({ name, in: place, required, schema = {} }) =>
    row(
      `${name} (${place}${required === true ? ', required' : ''})`,
      `${typeText(schema)} ${prose(schema.description ?? '')}`,
    ),
  );
  const answers = Object.entries(operation.responses).map(([status, answer]) =>
    row(status, `${prose(answer.description)} ${contentText(answer)}`),
  );
  const body = operation.requestBody === undefined ? '' : `<h4>Body</h4>${bodyText(operation.requestBody)}`;
  return `<article id="${text(operation.operationId)}"><h3><span class="method">${text(one.method.toUpperCase())}</span><code>${text(one.path)}</code></h3>${paragraph(operation.summary)}${paragraph(operation.description)}<table>${rows.join('')}${parameters.join('')}</table>${body}<h4>Answers</h4><table>${answers.join('')}</table></article>`;
}

function repetitionOf({ 'x-idempotency': idempotency, 'x-repeated': status }: OpenApiOperation) {
  switch (idempotency) {
    case 'key':
      return 'with Idempotency-Key';
    case 'natural':
      return status === undefined ? 'as it is' : `as it is; once it is done the answer is ${status}`;
    default:
      return undefined;
  }
}

const row = (name: string, html: string): string => `<tr><th>${text(name)}</th><td>${html}</td></tr>`;
const paragraph = (content: string | undefined): string =>
  content === undefined ? '' : `<p>${prose(content)}</p>`;
const paragraphs = (content = ''): string => content.split('\n\n').map(paragraph).join('');
/** Text of a description, in which backticks enclose code. */
const prose = (content: string): string => text(content).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const schemasOf = ({ content = {} }: Content): readonly Schema[] =>
  Object.values(content).flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
const contentText = (of: Content): string => schemasOf(of).map(typeText).join(', ');
const bodyText = (of: Content): string =>
  schemasOf(of)
    .map((schema) => (schema.properties === undefined ? `<p>${typeText(schema)}</p>` : fields(schema)))
    .join('');

function fields({ properties = {}, required = [], enum: values }: Schema): string {
  const rows = Object.entries(properties).map(([name, schema]) =>
    row(
      `${name}${required.includes(name) ? '' : ' (optional)'}`,
      `${typeText(schema)} ${prose(schema.description ?? '')}`,
    ),
  );
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : paragraph(values?.join(', '));
}

function typeText({ $ref, type, items, enum: values }: Schema): string {
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (values !== undefined) {
    return `<code>${text(values.join(' | '))}</code>`;
  }
  return items === undefined
    ? `<code>${text([type ?? ''].flat().join(' | '))}</code>`
    : `list of ${typeText(items)}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (raw: string): string => raw.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
