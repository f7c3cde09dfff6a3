import { describe, expect, test } from 'vitest';
import { blockedPorts } from '../../../src/config/rules/blocked-ports.ts';
import { createRulesProject } from './project.ts';

const { issuesOf } = createRulesProject();

describe('forwards', () => {
  const forwardOf = (text: string) => issuesOf(`name: n\nsources:\n  x:\n    provider: acme\n    forward: ${text}\n`);

  test.each([
    '{ queue: true, http: { url: "https://inside.example.com/hooks?to=a" }, eventBus: acme }',
    '{ http: { url: "http://10.0.0.7:9000", timeout: 5m, secret: shared/inside } }',
    '{ eventBus: "arn:aws:events:eu-west-1:123456789012:event-bus/acme" }',
  ])('takes %s', (text) => expect(forwardOf(text)).toEqual([]));

  test.each<[string, string]>([
    ['{}', 'w.yaml:5:5: "forward" is empty; it needs at least one entry'],
    ['{ http: {} }', 'w.yaml:5:16: "http" needs the key "url"'],
    ['{ http: { url: "ftp://x" } }', 'w.yaml:5:29: "url" does not fit: Where to POST'],
    ['{ http: { url: "http://[" } }', 'w.yaml:5:29: url is no URL'],
    ['{ http: { url: "https://u:p@x.example.com" } }', 'w.yaml:5:29: a URL with a user or password must not'],
    ['{ http: { url: "https://x.example.com/?t=sk_live_1" } }', 'w.yaml:5:29: the query of url looks like it holds'],
    ['{ http: { url: "http://x.example.com:6000" } }', 'w.yaml:5:29: nothing is sent to port 6000, which fetch keeps'],
    ['{ http: { url: "https://x.example.com", secret: whsec_abc } }', 'this looks like a secret’s value'],
    ['{ http: { url: "https://x.example.com", timeout: 6m } }', 'timeout must lie between 1s and 5m, not 6m'],
    ['{ http: { url: "https://x.example.com", timeout: 0s } }', 'timeout must lie between 1s and 5m, not 0s'],
    ['{ http: { url: "https://x.example.com", token: x } }', 'secrets never stand in this file'],
    ['{ eventBus: "aws.partner" }', 'takes no events of yours'],
    ['{ eventBus: "a bus" }', '"eventBus" does not fit: Name or ARN'],
  ])('refuses %s', (text, expected) => {
    const issues = forwardOf(text);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(expected);
    expect(issues[0]).not.toMatch(/sk_live|whsec_abc|u:p/);
  });

  test('name just the ports that fetch refuses', async () => {
    const fault = async (port: number): Promise<unknown> => {
      const dispatcher = { dispatch: () => expect.fail('no connection is to be opened in this test') };
      const options = { dispatcher } as unknown as RequestInit;
      return fetch(`http://127.0.0.1:${port}`, options).catch((error: Error) => (error.cause as Error).message);
    };
    const around = [...blockedPorts].flatMap((port) => [port - 1, port, port + 1]).filter((port) => port > 0);
    const ports = [...new Set([...around, 80, 443, 3000, 5000, 8080, 8443, 9000, 65_535])];
    const refused = await Promise.all(ports.map(async (port) => ((await fault(port)) === 'bad port' ? [port] : [])));
    expect(new Set(refused.flat())).toEqual(blockedPorts);
  });

  test('count with the handler when a batch must fit Lambda’s time', () => {
    const [issue = ''] = issuesOf(
      'name: n\nsources:\n  x: { provider: acme, batch: { size: 20, window: 1s }, forward: { http: { url: "http://x", timeout: 20s } } }\n',
    );
    expect(issue).toContain('a batch of 20 with a timeout of 50s each (handler and forward) may take longer than 885s');
  });
});
