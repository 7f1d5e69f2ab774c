import { expect, it } from 'vitest';
import { withOwnAddress } from './keywords.ts';

it("expanded keywords have the repository's own address, and nothing else changes", () => {
  const shown = 'svn://10.1.2.3:99/lib';
  const own = 'svn://svn.example:99/lib';
  const text = [
    `$URL: ${shown}/trunk/a.php $`,
    `$Header: ${shown}/trunk/a.php 7 2024 ann $`,
    '$Rev: 7 $',
    `see ${shown}/x $5`,
    `$URL: ${shown}s/a $`,
  ].join('\n');
  expect(withOwnAddress(text, shown, own).split('\n')).toEqual([
    `$URL: ${own}/trunk/a.php $`,
    `$Header: ${own}/trunk/a.php 7 2024 ann $`,
    '$Rev: 7 $',
    `see ${shown}/x $5`,
    `$URL: ${shown}s/a $`,
  ]);
});
