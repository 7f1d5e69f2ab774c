import type { Json, JsonObject } from '../../../local/cloud/template/json.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import type { Template } from './template.ts';

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE' = 'HASH'): JsonObject => ({
  AttributeName,
  KeyType,
});
const attributes = (...names: readonly string[]): JsonObject[] =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));

const properties: JsonObject = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: attributes('pk', 'sk', 'due'),
  KeySchema: [key('pk'), key('sk', 'RANGE')],
  GlobalSecondaryIndexes: [
    { IndexName: 'byDue', KeySchema: [key('due')], Projection: { ProjectionType: 'ALL' } },
  ],
};

const template = (Type: string): Template => ({ Resources: { Table: { Type, Properties: properties } } });

const text = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, S]) => [name, { S }]));

/** The names of what comes back, or of the refusal. */
async function putAndFind(scene: Scene, more: object = {}): Promise<unknown> {
  const put = (sk: string) =>
    scene.dynamo('PutItem', { TableName: 'things', Item: text({ pk: 'p', sk, due: 'd', note: 'n' }) });
  const answers = [await put('1'), await put('2')].map((answer) =>
    typeof answer === 'string' ? answer : 'put',
  );
  const found = await scene.dynamo('Query', {
    TableName: 'things',
    IndexName: 'byDue',
    KeyConditionExpression: 'due = :due',
    ExpressionAttributeValues: { ':due': { S: 'd' } },
    ...more,
  });
  if (typeof found !== 'object' || found === null) return [...answers, found];
  const items: unknown = Reflect.get(found, 'Items');
  return [...answers, ...(Array.isArray(items) ? items.map((item) => Object.keys(item).sort().join()) : [])];
}

const whole = ['put', 'put', 'due,note,pk,sk', 'due,note,pk,sk'];
const table = (property: string, to: Json | undefined) => ({ resource: 'Table', property, to });

const mutations: Mutation[] = [
  {
    ...table('TableName', 'renamed'),
    look: (scene) => scene.dynamo('ListTables', {}),
    before: { TableNames: ['things'] },
    after: { TableNames: ['renamed'] },
  },
  {
    ...table('AttributeDefinitions[1].AttributeType', 'N'),
    look: putAndFind,
    before: whole,
    after: ['ValidationException', 'ValidationException'],
  },
  {
    ...table('AttributeDefinitions[3]', { AttributeName: 'idle', AttributeType: 'S' }),
    refused: /idle|Attribute/,
  },
  { ...table('KeySchema[1]', key('due', 'RANGE')), refused: /Attribute/ },
  {
    ...table('GlobalSecondaryIndexes[0].IndexName', 'byOther'),
    look: putAndFind,
    before: whole,
    after: ['put', 'put', 'ValidationException'],
  },
  {
    ...table('GlobalSecondaryIndexes[0].KeySchema', [key('due'), key('sk', 'RANGE')]),
    look: (scene) =>
      putAndFind(scene, {
        KeyConditionExpression: 'due = :due AND sk = :sk',
        ExpressionAttributeValues: text({ ':due': 'd', ':sk': '2' }),
      }),
    before: ['put', 'put', 'ValidationException'],
    after: ['put', 'put', 'due,note,pk,sk'],
  },
  {
    ...table('GlobalSecondaryIndexes[0].Projection.ProjectionType', 'KEYS_ONLY'),
    look: putAndFind,
    before: whole,
    after: ['put', 'put', 'due,pk,sk', 'due,pk,sk'],
  },
];

export const tableSuites: Suite[] = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].map((type) => ({
  name: type,
  template: template(type),
  mutations,
}));
