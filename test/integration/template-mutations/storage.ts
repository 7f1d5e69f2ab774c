import type { Json, JsonObject } from '../../../local/cloud/template/json.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { outputs, ref, type Template } from './template.ts';

const secret = (Properties: JsonObject) => ({ Type: 'AWS::SecretsManager::Secret', Properties });

const template: Template = {
  Resources: {
    Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files' } },
    Given: secret({ Name: 'given', SecretString: 'open sesame' }),
    Password: secret({
      GenerateSecretString: {
        PasswordLength: 400,
        ExcludeCharacters: '',
        SecretStringTemplate: '{"user":"ann"}',
        GenerateStringKey: 'password',
      },
    }),
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Place: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/place', Type: 'String', Value: 'here' } },
    Store: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'store' } },
  },
  Outputs: outputs({
    Given: ref('Given'),
    Password: ref('Password'),
    Store: ref('Store'),
    Place: ref('Place'),
  }),
};

async function buckets(scene: Scene): Promise<unknown> {
  return [await scene.put('files', 'a', 'x'), await scene.put('renamed', 'a', 'x')];
}

function secretOf({ cloud }: Scene, name: string): string {
  return cloud.engines.secrets.secretString(String(cloud.outputs[name])) ?? 'none';
}

async function placeOf({ cloud }: Scene): Promise<unknown> {
  const answer = await cloud.engines.parameters.handle({
    method: 'POST',
    target: '/',
    headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
    body: Buffer.from(JSON.stringify({ Name: '/place' })),
  });
  return JSON.parse(String(answer.body)).Parameter.Value;
}

/** The kinds of characters in a long password; the chance that it lacks one of the alphabet is below 1 in 10^13. */
function kinds(scene: Scene, password = field(scene, 'password')): object {
  const found = (pattern: RegExp) => [...new Set(password.match(pattern) ?? [])].length;
  return {
    lower: found(/[a-z]/g) > 0,
    upper: found(/[A-Z]/g) > 0,
    digits: found(/[0-9]/g) > 0,
    punctuation: found(/[^a-zA-Z0-9]/g) > 0,
  };
}

function field(scene: Scene, name: string): string {
  const fields: unknown = JSON.parse(secretOf(scene, 'Password'));
  return String(typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined);
}

const all = { lower: true, upper: true, digits: true, punctuation: true };
const without = (flag: string, after: object): Mutation => ({
  ...password(flag, true),
  look: async (scene) => kinds(scene),
  before: all,
  after: { ...all, ...after },
});

function password(name: string, to: Json | undefined) {
  return { resource: 'Password', property: `GenerateSecretString.${name}`, to };
}

const mutations: Mutation[] = [
  {
    resource: 'Files',
    property: 'BucketName',
    to: 'renamed',
    look: buckets,
    before: [200, 404],
    after: [404, 200],
  },
  { resource: 'Files', property: 'BucketName', to: 'No_Bucket', refused: /bucket/i },
  {
    resource: 'Given',
    property: 'Name',
    to: 'renamed',
    look: async ({ cloud }) =>
      String(cloud.outputs.Given)
        .split(':')
        .at(-1)
        ?.replace(/-\w{6}$/, ''),
    before: 'given',
    after: 'renamed',
  },
  {
    resource: 'Given',
    property: 'SecretString',
    to: 'close sesame',
    look: async (scene) => secretOf(scene, 'Given'),
    before: 'open sesame',
    after: 'close sesame',
  },
  { resource: 'Given', property: 'SecretString', to: undefined, refused: /SecretString/ },
  { resource: 'Password', property: 'SecretString', to: 'x', refused: /SecretString/ },
  {
    ...password('SecretStringTemplate', '{"user":"bob"}'),
    look: async (scene) => field(scene, 'user'),
    before: 'ann',
    after: 'bob',
  },
  { ...password('SecretStringTemplate', undefined), refused: /GenerateStringKey/ },
  {
    ...password('GenerateStringKey', 'word'),
    look: async (scene) => [field(scene, 'password').length, field(scene, 'word').length],
    before: [400, 'undefined'.length],
    after: ['undefined'.length, 400],
  },
  { ...password('GenerateStringKey', undefined), refused: /GenerateStringKey/ },
  {
    ...password('PasswordLength', 40),
    look: async (scene) => field(scene, 'password').length,
    before: 400,
    after: 40,
  },
  { ...password('PasswordLength', 4097), refused: /PasswordLength/ },
  {
    ...password('ExcludeCharacters', 'abcdefghijklmnopqrstuvwxyz'),
    look: async (scene) => kinds(scene),
    before: all,
    after: { ...all, lower: false },
  },
  without('ExcludeLowercase', { lower: false }),
  without('ExcludeUppercase', { upper: false }),
  without('ExcludeNumbers', { digits: false }),
  without('ExcludePunctuation', { punctuation: false }),
  {
    resource: 'Place',
    property: 'Name',
    to: '/renamed',
    look: async ({ cloud }) => cloud.outputs.Place,
    before: '/place',
    after: '/renamed',
  },
  { resource: 'Place', property: 'Name', to: 'no spaces', refused: /Name/ },
  { resource: 'Place', property: 'Value', to: 'there', look: placeOf, before: 'here', after: 'there' },
  {
    resource: 'Store',
    property: 'Name',
    to: 'renamed',
    look: async ({ cloud }) => cloud.outputs.Store,
    before: 'store',
    after: 'renamed',
  },
  { resource: 'Store', property: 'Name', to: 'no spaces', refused: /Name/ },
];

export const storageSuite: Suite = { name: 'buckets, secrets and stores', template, mutations };

const nothingLeft: Template = {
  Resources: {
    Empty: secret({
      GenerateSecretString: { ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true },
    }),
  },
};
export const emptySecretSuite: Suite = {
  name: 'a password of nothing',
  template: nothingLeft,
  mutations: [
    { resource: 'Empty', property: 'GenerateSecretString.ExcludeNumbers', to: true, refused: /no character/ },
  ],
};
