import { describe, expect, it } from 'vitest';
import { distReference } from '../../shared/domain/dist-reference.ts';
import { skipReason } from './comparison.ts';
import { askPhp } from './php-library.ts';

const references = [
  ...['4f0c3d9a'.repeat(5), '4f0c3d9a'.repeat(8), 'a', '0', '4F0C3D9A', '4f0c3d9a4f0cg'],
  ...['/trunk/@123', '/tags/1.0/@120', '/trunk/packages/a/@7', '/branches/käse/@9', 'HEAD', ' 4f0c'],
];

describe.skipIf(skipReason() !== undefined)('the reference in the address of an archive', () => {
  it("is what Composer's mirrors write", () => {
    const theirs = askPhp(
      references.map((reference) => ['mirrorUrl', 'https://r.example/%reference%.zip', reference]),
    );
    expect(
      references.map((reference) => ({ value: `https://r.example/${distReference(reference)}.zip` })),
    ).toEqual(theirs);
    expect(distReference('/trunk/@123')).toMatch(/^[0-9a-f]{32}$/);
  });
});
