import { beforeAll, describe, expect, it } from 'vitest';
import { parseTemplate } from '../../local/cloud/template/assembly.ts';
import { evaluateStacks } from '../../local/cloud/template/evaluate.ts';
import { executedTypes } from '../../local/cloud/template/known-resources.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import type { Template } from './template.ts';

let template: Template;
beforeAll(async () => {
  template = await synthesizeTemplate();
}, 120_000);

/** The addresses that a deployment with these parameters has. */
async function addressesWith(parameters: Record<string, string>): Promise<unknown> {
  let text: unknown;
  await evaluateStacks([parseTemplate('Repertoire', JSON.stringify(template))], {
    parameters,
    pseudo: { accountId: '000000000000', region: 'eu-central-1' },
    create({ logicalId, type, properties }) {
      expect(Object.keys(executedTypes)).toContain(type);
      if (logicalId === 'Addresses') text = properties.Value;
      const attributes = new Proxy({}, { get: (_, name) => `${logicalId}.${String(name)}` });
      return { ref: logicalId, attributes };
    },
    secretString: () => 'secret',
  });
  return JSON.parse(String(text));
}

const refusedBy = (parameters: Record<string, string>) =>
  addressesWith(parameters).then(
    () => undefined,
    (error: Error) => error.message,
  );

describe('a deployment', () => {
  it("without any parameter works under the CDN's own names, and nothing says registry.invalid", async () => {
    expect(await addressesWith({})).toEqual({
      registry: 'https://RegistryDistribution.DomainName',
      console: 'https://ConsoleDistribution.DomainName',
    });
  });

  it('with domains works under these', async () => {
    expect(
      await addressesWith({
        RegistryDomainName: 'packages.example.com',
        ConsoleDomainName: 'repertoire.example.com',
      }),
    ).toEqual({ registry: 'https://packages.example.com', console: 'https://repertoire.example.com' });
  });

  it('behind something else works under the address that it is given', async () => {
    const RegistryBaseUrl = 'https://packages.example.com:8443';
    expect(await addressesWith({ RegistryDomainName: 'origin.example.com', RegistryBaseUrl })).toMatchObject({
      registry: RegistryBaseUrl,
    });
  });

  it('that goes on with the default of an earlier version has no address that does not exist', async () => {
    expect(
      await addressesWith({
        RegistryBaseUrl: 'https://registry.invalid',
        ConsoleBaseUrl: 'https://console.invalid',
        ConsoleDomainName: 'repertoire.example.com',
      }),
    ).toEqual({
      registry: 'https://RegistryDistribution.DomainName',
      console: 'https://repertoire.example.com',
    });
  });

  it.each([
    ['http, which Composer refuses', { RegistryBaseUrl: 'http://packages.example.com' }],
    ['a path', { RegistryBaseUrl: 'https://example.com/packages' }],
    ['a slash at the end', { ConsoleBaseUrl: 'https://console.example.com/' }],
    ['what breaks the parameter', { ConsoleBaseUrl: 'https://console.example.com"' }],
    ['an address as a domain', { RegistryDomainName: 'https://packages.example.com' }],
    ['a domain with a path', { ConsoleDomainName: 'example.com/console' }],
    [
      'a certificate of another region',
      {
        RegistryCertificateArn: 'arn:aws:acm:eu-central-1:1:certificate/a',
        RegistryDomainName: 'packages.example.com',
      },
    ],
  ])('refuses %s, with what it takes', async (_, parameters: Record<string, string>) => {
    const [name = ''] = Object.keys(parameters);
    expect(await refusedBy(parameters)).toMatch(`the template's parameter ${name} must match`);
    expect(template.Parameters[name]?.ConstraintDescription).toMatch(/https|host name|us-east-1/);
  });

  it('takes http on one machine, where there is no certificate', async () => {
    expect(await addressesWith({ RegistryBaseUrl: 'http://127.0.0.1:7420' })).toMatchObject({
      registry: 'http://127.0.0.1:7420',
    });
  });

  it('refuses a domain without its certificate before anything is created', () => {
    expect(Object.keys(template.Rules ?? {})).toEqual([
      'RegistryDomainHasCertificate',
      'ConsoleDomainHasCertificate',
    ]);
  });
});
