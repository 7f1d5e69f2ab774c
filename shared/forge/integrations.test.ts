import { describe, expect, it } from 'vitest';
import { integrationOf, parseIntegrations } from './integrations.ts';

const secrets = { privateKey: 'the key', webhookSecret: 'the secret' };
const gitHub = (settings: object = {}) => ({
  forge: 'github',
  settings: { appId: '7', ...settings },
  secrets,
});
const parse = (...entries: readonly unknown[]) => parseIntegrations(JSON.stringify(entries));

describe('the integrations of an installation', () => {
  it('are none in the beginning', () => {
    expect(parseIntegrations('[]')).toEqual([]);
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
  ])('know %s', (_, settings, baseUrl, apiUrl) => {
    expect(parse(gitHub(settings))).toEqual([
      { forge: 'github', settings: { appId: '7', baseUrl, apiUrl }, secrets },
    ]);
  });

  it('are found by forge and host', () => {
    const all = parse(gitHub(), gitHub({ baseUrl: 'https://github.example.com' }));
    expect(integrationOf(all, { forge: 'github', baseUrl: 'https://github.example.com' })).toBe(all[1]);
    expect(integrationOf(all, { forge: 'github', baseUrl: 'https://example.com' })).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"privateKey": "the key"', /the secret is no JSON/],
    ['no list', JSON.stringify({ privateKey: 'the key' }), /the list: all/],
    [
      'no forge',
      JSON.stringify([{ ...gitHub(), forge: 'sourceforge' }]),
      /entry 1 \(sourceforge\) is no forge/,
    ],
    [
      'without an App',
      JSON.stringify([{ ...gitHub(), settings: {} }]),
      /the settings of entry 1 \(github\): appId/,
    ],
    [
      'with half a secret',
      JSON.stringify([{ ...gitHub(), secrets: { privateKey: 'the key' } }]),
      /the secrets of entry 1 \(github\): webhookSecret/,
    ],
    ['twice the same host', JSON.stringify([gitHub(), gitHub()]), /entries 1 and 2 are both github at/],
  ])('are refused when there is %s, and the error tells no secret', (_, text, message) => {
    const refusal = (): unknown => {
      try {
        return parseIntegrations(text);
      } catch (error) {
        return error;
      }
    };
    expect(String(refusal())).toMatch(message);
    expect(String(refusal())).not.toMatch(/the key|the secret"/);
  });
});
