// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its placeholders so
import { describe, expect, it } from 'vitest';
import { references, resolve, type Scope } from './intrinsics.ts';
import type { Json } from './json.ts';

const scope: Scope = {
  ref: (name) =>
    ({ Queue: 'http://queue', List: ['a', 'b'], 'AWS::Region': 'us-east-1' })[name] ?? missing(name),
  attribute: (id, name) => `arn:${id}.${name}`,
  condition: (name) => name === 'Yes',
  mapping: (...path) => path.join('/'),
  importValue: (name) => `imported ${name}`,
  secretString: (id) => (id.startsWith('arn:') ? '{"user":"ann"}' : `plain ${id}`),
};

function missing(name: string): never {
  throw new Error(`missing ${name}`);
}

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:origin-abc';

const cases: [string, Json, Json][] = [
  ['Ref', { Ref: 'Queue' }, 'http://queue'],
  ['GetAtt as list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:Table.Arn'],
  ['GetAtt as text, nested attribute', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'arn:Table.Stream.Arn'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a-us-east-1-1'],
  ['Join over a list parameter', { 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
  ['Sub', { 'Fn::Sub': '${Queue}/${Table.Arn}/${!Literal}' }, 'http://queue/arn:Table.Arn/${Literal}'],
  ['Sub with variables', { 'Fn::Sub': ['${x}', { x: { Ref: 'AWS::Region' } }] }, 'us-east-1'],
  ['Select of Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'https://host/path'] }] }, 'host'],
  ['If', { 'Fn::If': ['Yes', 'then', 'else'] }, 'then'],
  [
    'If without a value leaves the property out',
    { a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, b: 2 },
    { b: 2 },
  ],
  ['NoValue leaves the item out', ['a', { Ref: 'AWS::NoValue' }], ['a']],
  ['FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'key'] }, 'Map/us-east-1/key'],
  ['Base64', { 'Fn::Base64': 'ann' }, 'YW5u'],
  ['ImportValue', { 'Fn::ImportValue': 'Other:Export' }, 'imported Other:Export'],
  ['secret by ARN and field', `x{{resolve:secretsmanager:${arn}:SecretString:user::}}y`, 'xanny'],
  [
    'secret by ARN, joined',
    { 'Fn::Join': ['', ['{{resolve:secretsmanager:', arn, ':SecretString:::}}']] },
    '{"user":"ann"}',
  ],
  ['secret by name, shortest form', '{{resolve:secretsmanager:origin}}', 'plain origin'],
  [
    'a policy statement keeps its Condition',
    { Condition: { Bool: { x: 'y' } } },
    { Condition: { Bool: { x: 'y' } } },
  ],
];

describe('resolve', () => {
  it.each(cases)('%s', (_, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it.each<[string, Json, string]>([
    ['an unknown function', { 'Fn::Transform': {} }, 'does not know the intrinsic function Fn::Transform'],
    ['an unknown name', { Ref: 'Nothing' }, 'missing Nothing'],
    ['an index that is not there', { 'Fn::Select': [5, ['a']] }, 'no item 5 in a list of 1'],
    ['a parameter-store reference', '{{resolve:ssm:/name}}', 'Only dynamic references to Secrets Manager'],
  ])('refuses %s', (_, value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});

describe('references', () => {
  it('finds names in Ref, GetAtt and Sub at any depth', () => {
    const value = {
      list: [{ Ref: 'A' }, { 'Fn::GetAtt': ['B', 'Arn'] }],
      sub: { 'Fn::Sub': ['${C}-${D.Arn}-${own}-${!E}', { own: { Ref: 'F' } }] },
    };
    expect([...references(value)].sort()).toEqual(['A', 'B', 'C', 'D', 'F']);
  });
});
