import { describe, expect, it } from 'vitest';
import { isAllowed, policyDocumentSchema } from './policy.ts';

const bucket = 'arn:aws:s3:::files';
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';

const allows = (statement: object | object[], action: string, resource: string, context = {}): boolean =>
  isAllowed(policyDocumentSchema.parse({ Statement: statement }).Statement, { action, resource, context });

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

describe('a policy', () => {
  it('denies what no statement allows', () => {
    expect(allows([], 's3:GetObject', `${bucket}/a`)).toBe(false);
    expect(allows(allow('s3:GetObject', `${bucket}/*`), 's3:PutObject', `${bucket}/a`)).toBe(false);
    expect(allows(allow('s3:GetObject', `${bucket}/*`), 's3:GetObject', bucket)).toBe(false);
  });

  it.each([
    ['s3:GetObject', `${bucket}/*`, true],
    ['S3:getobject', `${bucket}/*`, true],
    ['s3:Get*', `${bucket}/*.zip`, true],
    ['s3:*', `${bucket}/dir?/a.zip`, true],
    ['*', '*', true],
    ['s3:GetObject', `${bucket}/DIR1/*`, false],
    ['s3:GetObject', `${bucket}/*.json`, false],
    ['s3:GetObject', 'arn:aws:s3:::filesx/*', false],
  ])('that allows %s on %s says %s to reading dir1/a.zip', (action, resource, expected) => {
    expect(allows(allow(action, resource), 's3:GetObject', `${bucket}/dir1/a.zip`)).toBe(expected);
  });

  it('lets a Deny win', () => {
    const statements = [allow('s3:*', '*'), { ...allow('s3:DeleteObject', '*'), Effect: 'Deny' }];
    expect(allows(statements, 's3:PutObject', `${bucket}/a`)).toBe(true);
    expect(allows(statements, 's3:DeleteObject', `${bucket}/a`)).toBe(false);
  });

  const leading = (...keys: string[]) => ({ 'dynamodb:LeadingKeys': keys });
  const ofDownloads = {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ORG#*', 'PACKAGE#*'] },
  };
  it.each([
    [['ORG#1'], true],
    [['ORG#1', 'PACKAGE#1#2'], true],
    [['ORG#1', 'USER#1'], false],
    [['XORG#1'], false],
    [[], true],
  ])('with leading keys says of %j: %s', (keys, expected) => {
    expect(
      allows(allow('dynamodb:PutItem', table, ofDownloads), 'dynamodb:PutItem', table, leading(...keys)),
    ).toBe(expected);
  });

  it('compares a single value, and wants a key to be there', () => {
    const key = 'kms:EncryptionContext:purpose';
    const statement = allow('kms:Decrypt', '*', {
      StringEquals: { [key]: 'webhook' },
      Null: { 'kms:EncryptionContext:hook': 'false' },
    });
    const says = (context: object) => allows(statement, 'kms:Decrypt', 'arn:key', context);
    expect(says({ [key]: ['webhook'], 'kms:EncryptionContext:hook': ['1'] })).toBe(true);
    expect(says({ [key]: ['credential'], 'kms:EncryptionContext:hook': ['1'] })).toBe(false);
    expect(says({ [key]: ['webhook'] })).toBe(false);
    expect(says({ 'kms:EncryptionContext:hook': ['1'] })).toBe(false);
  });

  it.each([
    ['an unknown operator', allow('s3:*', '*', { NumericLessThan: { 's3:max-keys': '10' } })],
    ['an unknown key', allow('s3:*', '*', { StringEquals: { 'aws:SourceVpc': 'vpc' } })],
    ['an element that is not understood', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
  ])('with %s is refused, and not read as if it were not there', (_, statement) => {
    expect(policyDocumentSchema.safeParse({ Statement: statement }).success).toBe(false);
  });
});
