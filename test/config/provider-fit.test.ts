import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import type { CodeScheme } from '../../src/signature/scheme.ts';
import { provider as providerFor } from '../catalogue/provider.ts';
import { formatIssue } from '../../src/config/issue.ts';
import type { Catalogue } from '../../src/catalogue/provider.ts';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import { schemesOf } from '../../src/catalogue/scheme-of.ts';
import { needsOf } from '../../src/signature/needs.ts';
import { parseConfig } from '../../src/config/load.ts';

function issuesOf(provider: string, ...settings: string[]): string[] {
  return issuesWith(catalogue, provider, ...settings);
}

function issuesWith(known: Catalogue, provider: string, ...settings: string[]): string[] {
  const text = ['name: acme', 'sources:', '  one:', `    provider: ${provider}`, ...settings, ''].join('\n');
  const loaded = parseConfig('w.yaml', text, { catalogue: known, root: '/' });
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

describe('what a provider needs of a source', () => {
  it.each([
    ['slack', 'url_verification'],
    ['meta', 'hub.challenge'],
    ['zoom', 'endpoint.url_validation'],
    ['discord', '401'],
    ['intercom', 'HEAD'],
  ])('refuses %s as a direct source and says why', (provider, reason) => {
    expect(issuesOf(provider)).toEqual([expect.stringMatching(new RegExp(`^w\\.yaml:4:15: .*${reason}`))]);
  });

  it.each(['twilio', 'square', 'hubspot'])('asks for the public URL that %s signs', (provider) => {
    expect(issuesOf(provider)).toEqual([expect.stringContaining('`publicUrl`')]);
    expect(issuesOf(provider, '    publicUrl: https://hooks.example.com/one')).toEqual([]);
  });

  const signsQuery: CodeScheme = {
    scheme: 'code',
    summary: 'a query parameter',
    coversBody: true,
    needs: { url: false, method: false, query: ['sig'] },
    verify: () => ({ ok: true, secretIndex: 0 }),
  };
  const why = 'it signs ?sig= of the URL, and no delivery keeps its query string';

  it('refuses a scheme that needs a query parameter, which no delivery keeps', () => {
    const alone = createCatalogue([providerFor({ name: 'Acme', verify: signsQuery })]);
    expect(issuesWith(alone, 'example')).toEqual([
      `w.yaml:4:15: Acme cannot be verified this way: ${why}; remove this source, or have its scheme make the parameter from headers and body (docs/add-a-provider.md, "Query parameters")`,
    ]);
  });

  it('names the ways that need none, at the key that chose the other', () => {
    const alternatives = {
      byQuery: signsQuery,
      byHeader: { ...signsQuery, needs: { url: false, method: false, query: [] } },
    };
    const both = createCatalogue([providerFor({ name: 'Acme', verify: { alternatives } })]);
    const message = `Acme cannot be verified this way: ${why}; set \`verify\` to byHeader`;
    expect(issuesWith(both, 'example')).toEqual([`w.yaml:4:15: ${message}`]);
    expect(issuesWith(both, 'example', '    verify: byQuery')).toEqual([`w.yaml:5:13: ${message}`]);
    expect(issuesWith(both, 'example', '    verify: byHeader')).toEqual([]);
  });

  it('finds none of it in what comes with Hookport', () => {
    const schemes = catalogue.ids().flatMap((id) => Object.values(schemesOf(catalogue.get(id)!)));
    expect(schemes.length).toBeGreaterThan(30);
    expect(schemes.flatMap((scheme) => needsOf(scheme).query)).toEqual([]);
  });

  it.each([
    ['sendgrid', []],
    ['hubspot', ['    publicUrl: https://hooks.example.com/one']],
  ])('lets nobody choose among event types of %s, whose requests mix them', (provider, settings) => {
    const issues = issuesOf(provider, ...settings, '    forward: { queue: true }', '    events: [bounce]');
    expect(issues).toEqual([expect.stringContaining('sends several events in one request')]);
  });

  it.each([
    ['adyen', 'AUTHORISATION', 'whose signature allows one item alone', []],
    ['adyen', 'balancePlatform.transfer.created', 'verified as platform', ['    verify: platform']],
    ['twilio', 'delivered', 'in form posts', ['    publicUrl: https://hooks.example.com/one']],
  ])('lets one choose among event types of %s (%s), %s', (provider, event, _, settings) => {
    expect(issuesOf(provider, ...settings, '    forward: { queue: true }', `    events: [${event}]`)).toEqual([]);
  });

  it('lets nobody choose among event types of Twilio’s Event Streams, which posts arrays', () => {
    const json = ['    verify: json', '    publicUrl: https://hooks.example.com/one'];
    expect(issuesOf('twilio', ...json, '    forward: { queue: true }', '    events: [a]')).toEqual([
      expect.stringContaining('sends several events in one request'),
    ]);
  });
});
