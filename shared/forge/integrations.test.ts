import { describe, expect, it } from 'vitest';
import { ForgeError } from './errors.ts';
import {
  findIntegration,
  IntegrationsError,
  integrationOf,
  invalidText,
  parseIntegrations,
} from './integrations.ts';

const secrets = { privateKey: 'the key', webhookSecret: 'the secret' };
const gitHub = (settings: object = {}) => ({
  forge: 'github',
  settings: { appId: '7', ...settings },
  secrets,
});
const other = { privateKey: 'the key', webhookSecret: 'another' };
const elsewhere = () => ({ ...gitHub({ baseUrl: 'https://github.example.com' }), secrets: other });
const parse = (...entries: readonly unknown[]) => parseIntegrations(JSON.stringify(entries));

describe('the integrations of an installation', () => {
  it('are empty at first', () => {
    expect(parseIntegrations('[]')).toEqual({ valid: [], invalid: [] });
  });

  it.each([
    ['the public host', {}, 'https://github.com', 'https://api.github.com'],
    [
      'a host of one’s own, whose API is under it',
      { baseUrl: 'https://github.example.com/' },
      'https://github.example.com',
      'https://github.example.com/api/v3',
    ],
    [
      'an API that is somewhere else',
      { apiUrl: 'http://127.0.0.1:9/' },
      'https://github.com',
      'http://127.0.0.1:9',
    ],
  ])('accept %s', (_, settings, baseUrl, apiUrl) => {
    expect(parse(gitHub(settings)).valid).toEqual([
      { forge: 'github', settings: { appId: '7', baseUrl, apiUrl, webUrl: baseUrl }, secrets },
    ]);
  });

  it('normalize the base URL of a host', () => {
    const [one] = parse(gitHub({ baseUrl: 'HTTPS://GitHub.com:443/' })).valid;
    expect(one?.settings).toEqual(parse(gitHub()).valid[0]?.settings);
  });

  it('are found by forge and host', () => {
    const all = parse(gitHub(), elsewhere());
    expect(integrationOf(all, { forge: 'github', baseUrl: 'https://github.example.com' })).toBe(all.valid[1]);
    expect(() => integrationOf(all, { forge: 'github', baseUrl: 'https://example.com' })).toThrow(
      new ForgeError('credential-rejected', 'the integration for github at https://example.com was removed'),
    );
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', 'the key', /entry 2: the entry: all/],
    ['no forge', { ...gitHub(), forge: 'sourceforge' }, /entry 2 \(sourceforge\): unknown forge/],
    ['without an App', { ...gitHub(), settings: {} }, /entry 2 \(github\): the settings: appId/],
    [
      'with half a secret',
      { ...elsewhere(), secrets: { privateKey: 'the key' } },
      /the secrets: webhookSecret/,
    ],
    ['for a host that another is for', { ...gitHub(), secrets: other }, /entry 1 is for the same host/],
  ])('work without an invalid entry: %s; its message contains no secret', (_, wrong, problem) => {
    const { valid, invalid } = parse(gitHub(), wrong);
    expect(valid).toEqual(parse(gitHub()).valid);
    expect(invalid).toHaveLength(1);
    expect(invalid.map(invalidText).join()).toMatch(problem);
    expect(JSON.stringify(invalid)).not.toMatch(/the key|the secret"/);
  });

  it('say why an integration cannot be used', () => {
    const all = parse(gitHub(), { ...elsewhere(), secrets: { privateKey: 'the key' } });
    expect(() => integrationOf(all, { forge: 'github', baseUrl: 'https://github.example.com' })).toThrow(
      /is invalid: entry 2 \(github\): the secrets: webhookSecret/,
    );
    expect(() => integrationOf(all, { forge: 'github', baseUrl: 'https://example.com' })).toThrow(
      /was removed/,
    );
  });

  it('are found by the key that stands in addresses', () => {
    const all = parse(gitHub(), elsewhere());
    expect(findIntegration(all, 'github~github.example.com')).toBe(all.valid[1]);
    expect(findIntegration(all, 'github~example.com')).toBeUndefined();
  });

  it.each<[string, object, object]>([
    ['now', secrets, secrets],
    ['of which one is the other’s before', { ...other, previousWebhookSecret: 'the secret' }, secrets],
    ['before', { ...other, previousWebhookSecret: 'old' }, { ...secrets, previousWebhookSecret: 'old' }],
  ])('refuse two hosts with one webhook secret: %s', (_, ours, theirs) => {
    const all = parse({ ...gitHub(), secrets: ours }, { ...elsewhere(), secrets: theirs });
    expect(all.valid).toEqual([]);
    expect(all.invalid.map(({ problem }) => problem)).toEqual([
      'entry 2 has the same webhook secret',
      'entry 1 has the same webhook secret',
    ]);
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"privateKey": "the key"', 'the secret is not JSON'],
    ['no list', JSON.stringify({ privateKey: 'the key' }), 'the secret is not a list'],
  ])('are refused as a whole when the text is %s', (_, text, message) => {
    expect(() => parseIntegrations(text)).toThrow(new IntegrationsError(message));
  });
});
