import type { Json } from '../../../local/cloud/template/json.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, ref } from './template.ts';
import {
  answerer,
  echoed,
  fileAt,
  forwarded,
  fresh,
  headersOf,
  missing,
  secondsAtEdge,
  secondsUntilFound,
} from './web-observations.ts';
import { behaviorsReordered, webTemplate } from './web-template.ts';

const distribution = (property: string, to: Json | undefined) => ({
  resource: 'Registry',
  property: `DistributionConfig.${property}`,
  to,
});

/** The same for the default behavior and for one in the list. */
function behaviorMutations(path: string, prefix: string, word: string): Mutation[] {
  const behavior = (property: string, to: Json | undefined) => distribution(`${path}.${property}`, to);
  const post = async (scene: Scene) => (await scene.cdn(fresh(prefix), { method: 'POST' })).status;
  const who = async (scene: Scene) => {
    const answer = await scene.cdn(`${prefix}/who`);
    return echoed(answer) === undefined ? answer.body : 'nobody';
  };
  return [
    {
      ...behavior('TargetOriginId', 'spare'),
      look: async (scene) => answerer(await fileAt(scene, prefix)),
      before: 'function',
      after: 'spare',
    },
    { ...behavior('TargetOriginId', 'nowhere'), refused: /no origin nowhere/ },
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    { ...behavior('TargetOriginId', 'group'), refused: /POST/ },
    { ...behavior('AllowedMethods', ['GET', 'HEAD']), look: post, before: 200, after: 403 },
    { ...behavior('AllowedMethods', undefined), look: post, before: 200, after: 403 },
    { ...behavior('AllowedMethods', ['GET', 'HEAD', 'POST']), refused: /AllowedMethods/ },
    {
      ...behavior('CachePolicyId', ref('LongCache')),
      look: (scene) => secondsAtEdge(scene, fresh(prefix)),
      before: 60,
      after: 200,
    },
    { ...behavior('CachePolicyId', 'unknown'), refused: /no cache policy unknown/ },
    {
      ...behavior('OriginRequestPolicyId', ref('ForwardOther')),
      look: (scene) => forwarded(scene, prefix),
      before: ['forward,key', 'forward,key', 'forward,key'],
      after: ['other,key', 'other,key', 'other,key'],
    },
    { ...behavior('OriginRequestPolicyId', 'unknown'), refused: /no origin request policy unknown/ },
    {
      ...behavior('ResponseHeadersPolicyId', ref('OtherHeaders')),
      look: (scene) => headersOf(scene, prefix, 'x-word'),
      before: ['one'],
      after: ['two'],
    },
    {
      ...behavior('Compress', false),
      async look(scene) {
        const path = `${fresh(prefix)}?key=${'x'.repeat(1_000)}`;
        return (await scene.cdn(path, { headers: { 'accept-encoding': 'gzip' } })).headers[
          'content-encoding'
        ];
      },
      before: 'gzip',
      after: undefined,
    },
    { ...behavior('FunctionAssociations', undefined), look: who, before: word, after: 'nobody' },
    {
      ...behavior(
        'FunctionAssociations[0].FunctionARN',
        attribute(word === 'edge' ? 'Other' : 'Edge', 'FunctionARN'),
      ),
      look: who,
      before: word,
      after: word === 'edge' ? 'other' : 'edge',
    },
    { ...behavior('FunctionAssociations[0].FunctionARN', 'arn:nothing'), refused: /no edge function/ },
  ];
}

const secret = async (scene: Scene) => {
  const headers = echoed(await scene.cdn(fresh('')))?.headers;
  return typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'x-secret') : undefined;
};
const fileBody = async (scene: Scene) => (await fileAt(scene, '/files')).body;
const fromGroup = async (scene: Scene) => answerer(await fileAt(scene, '/group'));

const originMutations: Mutation[] = [
  { ...distribution('Origins[0].Id', 'renamed'), refused: /no origin files/ },
  {
    ...distribution('Origins[0].DomainName', attribute('Spare', 'RegionalDomainName')),
    look: fileBody,
    before: 'files',
    after: 'spare',
  },
  { ...distribution('Origins[0].DomainName', 'example.org'), refused: /example\.org is not on this machine/ },
  { ...distribution('Origins[0].OriginPath', '/deep'), look: fileBody, before: 'files', after: 'deep files' },
  { ...distribution('Origins[0].OriginPath', '/deep/'), refused: /OriginPath/ },
  { ...distribution('Origins[0].OriginPath', 'deep'), refused: /OriginPath/ },
  {
    ...distribution('Origins[0].OriginAccessControlId', ''),
    look: async (scene) => (await fileAt(scene, '/files')).status,
    before: 200,
    after: 403,
  },
  {
    ...distribution('Origins[2].OriginCustomHeaders[0].HeaderValue', 'changed'),
    look: secret,
    before: 'secret',
    after: 'changed',
  },
  {
    ...distribution('Origins[2].OriginCustomHeaders', undefined),
    look: secret,
    before: 'secret',
    after: undefined,
  },
  {
    ...distribution('Origins[2].CustomOriginConfig.OriginReadTimeout', 1),
    async look(scene) {
      await scene.cdn(fresh(''));
      scene.puppeteer.decide(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        return { result: 'late' };
      });
      const { status } = await scene.cdn(fresh(''));
      scene.puppeteer.decide(undefined);
      return status;
    },
    before: 200,
    after: 504,
  },
  { ...distribution('Origins[2].CustomOriginConfig.OriginReadTimeout', 0), refused: /OriginReadTimeout/ },
  { ...distribution('OriginGroups.Items[0].Id', 'renamed'), refused: /no origin group/ },
  {
    ...distribution('OriginGroups.Items[0].FailoverCriteria.StatusCodes.Items', [403]),
    look: async (scene) => (await missing(scene, '/group'))[1],
    before: 'function',
    after: 'oops',
  },
  {
    ...distribution('OriginGroups.Items[0].FailoverCriteria.StatusCodes.Items', [401]),
    refused: /StatusCodes/,
  },
  {
    ...distribution('OriginGroups.Items[0].Members.Items', [{ OriginId: 'api' }, { OriginId: 'files' }]),
    look: fromGroup,
    before: 'files',
    after: 'function',
  },
  {
    ...distribution('OriginGroups.Items[0].Members.Items[1]', { OriginId: 'nowhere' }),
    refused: /no origin nowhere/,
  },
  { ...distribution('OriginGroups.Items[0].Members.Items[2]', { OriginId: 'spare' }), refused: /Members/ },
];

const error = (property: string, to: Json | undefined) =>
  distribution(`CustomErrorResponses[0].${property}`, to);
const otherMutations: Mutation[] = [
  // The comment says which of the local ports the distribution answers on, and there is none for a console.
  { ...distribution('Comment', 'console'), refused: /no port was given for the distribution Registry/ },
  {
    ...distribution('DefaultRootObject', 'other'),
    look: async (scene) => echoed(await scene.cdn('/'))?.rawPath,
    before: '/home',
    after: '/other',
  },
  {
    ...distribution('CacheBehaviors[0].PathPattern', '/third/*'),
    look: async (scene) => [(await scene.cdn('/second/who')).body, (await scene.cdn('/third/who')).body],
    before: ['other', 'edge'],
    after: ['edge', 'other'],
  },
  { ...distribution('CacheBehaviors[0].PathPattern', undefined), refused: /PathPattern/ },
  {
    ...distribution('CacheBehaviors', behaviorsReordered),
    look: async (scene) => answerer(await fileAt(scene, '/files/special')),
    before: 'files',
    after: 'function',
  },
  { ...error('ErrorCode', 403), look: missing, before: [200, 'oops'], after: [404, 'error'] },
  { ...error('ErrorCode', 401), refused: /ErrorCode/ },
  { ...error('ResponseCode', 404), look: missing, before: [200, 'oops'], after: [404, 'oops'] },
  { ...error('ResponseCode', undefined), refused: /ResponseCode/ },
  {
    ...error('ResponsePagePath', '/files/alas.html'),
    look: missing,
    before: [200, 'oops'],
    after: [200, 'alas'],
  },
  { ...error('ResponsePagePath', undefined), refused: /ResponsePagePath/ },
  { ...error('ErrorCachingMinTTL', 40), look: secondsUntilFound, before: 20, after: 40 },
];

export const distributionSuite: Suite = {
  name: 'the distribution',
  template: webTemplate,
  mutations: [
    ...behaviorMutations('DefaultCacheBehavior', '', 'edge'),
    ...behaviorMutations('CacheBehaviors[0]', '/second', 'other'),
    ...originMutations,
    ...otherMutations,
  ],
};
