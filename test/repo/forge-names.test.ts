import ts from 'typescript';
import { expect, it } from 'vitest';
import { everyForge } from './layers.ts';
import { isTest, readSource, sourceFiles, within } from './source-imports.ts';

/** The forges that have a folder. */
const folders = new Set(
  sourceFiles.flatMap((file) => /^shared\/forge\/([^/]+)\//.exec(file)?.slice(1, 2) ?? []),
);

/**
 * A forge's name may appear only in its folder and in the line that lists it; everything else uses the port. So another forge is one folder
 * and one line. What its code would need elsewhere is a trait of its module, or a setting of its integration. Besides existing forges this
 * includes those that the docs mention.
 */
const forgeName = new RegExp([...folders, 'gitlab', 'bitbucket'].join('|'), 'i');

/** The code without its comments, in which a forge may be an example. */
function codeOf(text: string): string {
  const parts: string[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren();
    if (children.length === 0) {
      parts.push(node.getText());
    }
    children.filter((child) => !ts.isJSDoc(child)).forEach(visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return parts.join(' ');
}

it.each([
  ["/* GitHub */ const a = '/*'; // GitLab\n/** Bitbucket */ const b = '*/';", false],
  ["const a = '/*'; const forge = 'github'; const b = '*/';", true],
  ['const url = `https://host/GitLab`;', true],
  ['function openGitHub() {}', true],
  ['/** @param gitHub what */ export function open() {}', false],
])('a name in %s is found: %s', (text, isFound) => {
  expect(forgeName.test(codeOf(text))).toBe(isFound);
});

it("no file outside of the forges' folders names one", () => {
  const others = sourceFiles
    .filter(within('functions', 'shared', 'infra'))
    .filter((file) => !isTest(file) && !/^shared\/forge\/[^/]+\//.test(file) && file !== everyForge);
  const naming = others.filter((file) => {
    const text = readSource(file);
    return forgeName.test(file) || (forgeName.test(text) && forgeName.test(codeOf(text)));
  });
  expect(others.length).toBeGreaterThan(200);
  expect(naming).toEqual([]);
});

it('each forge runs the contract of all forges', () => {
  expect([...folders].filter((id) => !sourceFiles.includes(`test/contracts/${id}-contract.test.ts`))).toEqual(
    [],
  );
});

it('the list of forges names each in its import and in its line, and nowhere else', () => {
  const text = codeOf(readSource(everyForge));
  for (const id of folders) {
    // The import has it as name and in the path.
    expect(text.match(new RegExp(id, 'gi')), id).toHaveLength(3);
  }
});
