import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { parseConfig } from '../../src/config/load.ts';

function issuesOf(provider: string, ...settings: string[]): string[] {
  const text = ['name: acme', 'sources:', '  one:', `    provider: ${provider}`, ...settings, ''].join('\n');
  const loaded = parseConfig('w.yaml', text, { catalogue, root: '/' });
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
