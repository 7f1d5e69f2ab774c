import type { Json } from '../../../local/cloud/template/json.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, ref } from './template.ts';
import {
  fileAt,
  forwarded,
  fresh,
  headersOf,
  missing,
  secondsOfFile,
  sharesCopy,
  stored,
} from './web-observations.ts';
import { edgeCode, webTemplate } from './web-template.ts';

const cache = (property: string, to: Json | undefined) => ({
  resource: 'Cache',
  property: `CachePolicyConfig.${property}`,
  to,
});
const cacheKey = (property: string, to: Json | undefined) =>
  cache(`ParametersInCacheKeyAndForwardedToOrigin.${property}`, to);
const byHeader = (scene: Scene) =>
  sharesCopy(scene, { headers: { 'x-key': '1' } }, { headers: { 'x-key': '2' } });
const byQuery = (scene: Scene) => sharesCopy(scene, '?key=1', '?key=2');
const byCookie = (scene: Scene) =>
  sharesCopy(scene, { headers: { cookie: 'key=1' } }, { headers: { cookie: 'key=2' } });

const cacheMutations: Mutation[] = [
  { ...cache('MinTTL', 40), look: (scene) => secondsOfFile(scene, 'max-age=10'), before: 20, after: 40 },
  { ...cache('DefaultTTL', 80), look: (scene) => secondsOfFile(scene), before: 60, after: 80 },
  { ...cache('MaxTTL', 120), look: (scene) => secondsOfFile(scene, 'max-age=999'), before: 100, after: 120 },
  { ...cache('MinTTL', 70), refused: /MinTTL/ },
  { ...cache('MaxTTL', 50), refused: /MaxTTL/ },
  {
    ...cacheKey('EnableAcceptEncodingGzip', false),
    async look(scene) {
      const path = `${fresh('')}?key=${'x'.repeat(1_000)}`;
      return (await scene.cdn(path, { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'];
    },
    before: 'gzip',
    after: undefined,
  },
  { ...cacheKey('HeadersConfig.HeaderBehavior', 'none'), refused: /Headers/ },
  { ...cacheKey('HeadersConfig', { HeaderBehavior: 'none' }), look: byHeader, before: false, after: true },
  { ...cacheKey('HeadersConfig.Headers', ['X-Other']), look: byHeader, before: false, after: true },
  { ...cacheKey('HeadersConfig.Headers', []), refused: /Headers/ },
  {
    ...cacheKey('HeadersConfig.Headers', ['CloudFront-Viewer-Country']),
    refused: /CloudFront-Viewer-Country/,
  },
  {
    ...cacheKey('QueryStringsConfig.QueryStringBehavior', 'allExcept'),
    look: byQuery,
    before: false,
    after: true,
  },
  { ...cacheKey('QueryStringsConfig.QueryStringBehavior', 'none'), refused: /QueryStrings/ },
  { ...cacheKey('QueryStringsConfig.QueryStrings', ['other']), look: byQuery, before: false, after: true },
  { ...cacheKey('CookiesConfig.CookieBehavior', 'allExcept'), look: byCookie, before: false, after: true },
  { ...cacheKey('CookiesConfig.CookieBehavior', 'all'), refused: /Cookies/ },
  { ...cacheKey('CookiesConfig.Cookies', ['other']), look: byCookie, before: false, after: true },
];

const forward = (
  property: string,
  to: Json | undefined,
): Omit<Extract<Mutation, { look: unknown }>, 'after'> => ({
  resource: 'Forward',
  property: `OriginRequestPolicyConfig.${property}`,
  to,
  look: forwarded,
  before: ['forward,key', 'forward,key', 'forward,key'],
});

const forwardMutations: Mutation[] = [
  {
    // Even the Host is sent then, and the API knows no such host.
    ...forward('HeadersConfig', { HeaderBehavior: 'allViewer' }),
    after: ['', '', ''],
  },
  {
    ...forward('HeadersConfig', { HeaderBehavior: 'allExcept', Headers: ['Host'] }),
    after: ['forward,other,key,long', 'forward,key', 'forward,key'],
  },
  { ...forward('HeadersConfig.Headers', ['X-Other']), after: ['other,key', 'forward,key', 'forward,key'] },
  {
    ...forward('QueryStringsConfig.QueryStringBehavior', 'allExcept'),
    after: ['forward,key', 'other,key,long', 'forward,key'],
  },
  {
    ...forward('QueryStringsConfig', { QueryStringBehavior: 'all' }),
    after: ['forward,key', 'forward,other,key,long', 'forward,key'],
  },
  {
    ...forward('QueryStringsConfig.QueryStrings', ['other']),
    after: ['forward,key', 'other,key', 'forward,key'],
  },
  {
    ...forward('CookiesConfig.CookieBehavior', 'allExcept'),
    after: ['forward,key', 'forward,key', 'other,key,long'],
  },
  { ...forward('CookiesConfig.Cookies', ['other']), after: ['forward,key', 'forward,key', 'other,key'] },
  {
    resource: 'Forward',
    property: 'OriginRequestPolicyConfig.HeadersConfig.HeaderBehavior',
    to: 'none',
    refused: /Headers/,
  },
];

function header(property: string, to: Json | undefined, name: string, before: string, after: string | null) {
  const mutation: Mutation = {
    resource: 'Headers',
    property: `ResponseHeadersPolicyConfig.${property}`,
    to,
    look: (scene) => headersOf(scene, '', name),
    before: [before],
    after: [after],
  };
  return mutation;
}
const security = 'SecurityHeadersConfig';

const headerMutations: Mutation[] = [
  header('CustomHeadersConfig.Items[0].Value', 'two', 'x-word', 'one', 'two'),
  header('CustomHeadersConfig.Items[0].Header', 'X-Other', 'x-word', 'one', null),
  header('RemoveHeadersConfig.Items[0].Header', 'Content-Type', 'content-type', 'application/json', null),
  header(
    `${security}.ContentSecurityPolicy.ContentSecurityPolicy`,
    "default-src 'none'",
    'content-security-policy',
    "default-src 'self'",
    "default-src 'none'",
  ),
  header(`${security}.ContentTypeOptions`, undefined, 'x-content-type-options', 'nosniff', null),
  header(`${security}.FrameOptions.FrameOption`, 'SAMEORIGIN', 'x-frame-options', 'DENY', 'SAMEORIGIN'),
  header(`${security}.ReferrerPolicy.ReferrerPolicy`, 'origin', 'referrer-policy', 'no-referrer', 'origin'),
  header(
    `${security}.StrictTransportSecurity.AccessControlMaxAgeSec`,
    61,
    'strict-transport-security',
    'max-age=60',
    'max-age=61',
  ),
];

const edge = (property: string, to: Json | undefined) => ({ resource: 'Edge', property, to });
const edgeMutations: Mutation[] = [
  {
    ...edge('Name', 'renamed'),
    look: async ({ cloud }) => cloud.outputs.Edge,
    before: 'arn:aws:cloudfront::000000000000:function/edge',
    after: 'arn:aws:cloudfront::000000000000:function/renamed',
  },
  {
    ...edge('FunctionCode', edgeCode('changed')),
    look: async (scene) => (await scene.cdn('/who')).body,
    before: 'edge',
    after: 'changed',
  },
  { ...edge('FunctionCode', `${edgeCode('edge')}//${'x'.repeat(10_240)}`), refused: /longer than 10240/ },
  { ...edge('FunctionCode', 'function handler( {'), refused: /SyntaxError|Unexpected/ },
  {
    ...edge('FunctionConfig.KeyValueStoreAssociations[0].KeyValueStoreARN', attribute('OtherStore', 'Arn')),
    look: stored,
    before: 'one',
    after: 'two',
  },
  {
    ...edge('FunctionConfig.KeyValueStoreAssociations', undefined),
    look: stored,
    before: 'one',
    after: 503,
  },
  {
    ...edge('FunctionConfig.KeyValueStoreAssociations[0].KeyValueStoreARN', 'arn:aws:cloudfront::0:nothing'),
    refused: /key-value store/,
  },
];

const statement = (property: string, to: Json | undefined) => ({
  resource: 'FilesPolicy',
  property: `PolicyDocument.Statement[0].${property}`,
  to,
});
const fileStatus = async (scene: Scene) => (await fileAt(scene, '/files')).status;

const bucketMutations: Mutation[] = [
  {
    ...statement('Action', 's3:GetObject'),
    look: async (scene) => (await missing(scene))[0],
    before: 200,
    after: 403,
  },
  { ...statement('Action', 's3:ListBucket'), look: fileStatus, before: 200, after: 403 },
  { ...statement('Action', 's3:Put*'), look: fileStatus, before: 200, after: 403 },
  {
    ...statement('Condition.StringEquals', { 'AWS:SourceArn': 'arn:aws:cloudfront::0:distribution/OTHER' }),
    look: fileStatus,
    before: 200,
    after: 403,
  },
  {
    ...statement('Principal', { Service: 'lambda.amazonaws.com' }),
    look: fileStatus,
    before: 200,
    after: 403,
  },
  { ...statement('Effect', 'Deny'), refused: /Deny/ },
  { ...statement('Resource', 'arn:aws:s3:::files/public/*'), refused: /files\/public/ },
  { ...statement('Condition', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), refused: /IpAddress/ },
  { ...statement('Condition.StringEquals', { 'aws:PrincipalOrgID': 'o-1' }), refused: /PrincipalOrgID/ },
  { ...statement('NotResource', 'arn:aws:s3:::files/a'), refused: /NotResource/ },
  { resource: 'FilesPolicy', property: 'Bucket', to: ref('Spare'), refused: /arn:aws:s3:::files/ },
];

export const policySuite: Suite = {
  name: 'policies and edge functions',
  template: webTemplate,
  mutations: [
    ...cacheMutations,
    ...forwardMutations,
    ...headerMutations,
    ...edgeMutations,
    ...bucketMutations,
  ],
};
