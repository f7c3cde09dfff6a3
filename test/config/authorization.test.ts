import { expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { parseConfig } from '../../src/config/load.ts';
import { makePlan } from '../../src/plan/make-plan.ts';

const load = (...lines: string[]) =>
  parseConfig('w.yaml', ['name: n', 'sources:', '  x:', ...lines.map((line) => `    ${line}`), ''].join('\n'), {
    catalogue,
    root: import.meta.dirname,
  });
const issuesOf = (...lines: string[]) => {
  const loaded = load(...lines);
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
};
const planOf = (...lines: string[]) => {
  const loaded = load(...lines);
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
  return makePlan(loaded.config, catalogue).sources[0];
};
const jwt = 'authorize: { jwt: { issuer: "https://issuer.example.com/pool", audience: [app] } }';

test('a source without a signature is refused where it stands, until somebody says who may post', () => {
  expect(issuesOf('provider: json')).toEqual([
    'w.yaml:4:15: nothing tells who sends "json": set `authorize`, or `unverified: true` to take what anyone posts',
  ]);
  expect(issuesOf('provider: json', jwt)).toEqual([]);
  expect(issuesOf('provider: json', 'unverified: true')).toEqual([]);
});

test.each([
  [['provider: json', 'unverified: false'], /^w\.yaml:5:17: "unverified" can only be true, not false$/],
  [['provider: json', jwt, 'unverified: true'], 'w.yaml:6:17: `authorize` decides who may post; remove this key'],
  [
    ['provider: github', 'unverified: true'],
    'w.yaml:5:17: GitHub proves its deliveries, and Hookport always verifies them; remove this key',
  ],
  [['provider: zapier', 'verify: basic', jwt], /^w\.yaml:6:5: Zapier needs the header authorization/],
  [['provider: json', 'unverified: true', 'secret: acme/x'], /^w\.yaml:6:13: .* signs nothing; remove this key$/],
  [['provider: json', 'unverified: true', 'verify: constructor'], /^w\.yaml:6:13: /],
  [
    ['provider: github', 'authorize: { jwt: { issuer: "http://issuer.example.com", audience: [a] } }'],
    /^w\.yaml:5:33: the issuer must be an https URL/,
  ],
  [
    ['provider: github', 'authorize: { jwt: { issuer: issuer.example.com, audience: [a] } }'],
    /^w\.yaml:5:33: "issuer" does not fit/,
  ],
  [
    ['provider: github', 'authorize: { jwt: { issuer: "https://a.example", audience: [] } }'],
    /^w\.yaml:5:\d+: "audience" is empty; it needs at least one entry$/,
  ],
  [['provider: github', 'authorize: { jwt: { issuer: "https://a.example" } }'], /^w\.yaml:5:\d+: .*"audience"/],
  [
    ['provider: github', 'authorize: { jwt: { issuer: "https://a.example", audience: [a], scopes: ["a b"] } }'],
    /^w\.yaml:5:\d+: /,
  ],
  [['provider: github', 'authorize: true'], /^w\.yaml:5:16: "authorize" must be a map of keys, not true$/],
])('refuses %j', (lines, expected) => {
  const issues = issuesOf(...lines);
  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatch(expected);
});

test('does not take `unverified` for every source at once', () => {
  const text = 'name: n\ndefaults: { unverified: true }\nsources:\n  x: { provider: json }\n';
  const loaded = parseConfig('w.yaml', text, { catalogue, root: import.meta.dirname });
  expect(loaded).toMatchObject({ ok: false });
});

test('the plan of a source without a signature has no secret, and says so', () => {
  const source = planOf('provider: json', jwt);
  expect(source?.unsigned).toBe(true);
  expect(source?.secret).toBeUndefined();
  expect(source?.route.authorize).toEqual({
    jwt: { issuer: 'https://issuer.example.com/pool', audience: ['app'], scopes: [] },
  });
});

test('the plan of a provider that signs never says that nothing is signed, whatever the configuration', () => {
  for (const id of catalogue.ids().filter((each) => each !== 'json')) {
    const loaded = load(`provider: ${id}`, 'publicUrl: https://example.com/x', jwt);
    if (!loaded.ok) continue;
    const [source] = makePlan(loaded.config, catalogue).sources;
    expect([id, source?.unsigned, source?.secret?.name]).toEqual([id, undefined, 'n/x']);
  }
});

test('an issuer on this machine may do without TLS', () => {
  const issuer = 'authorize: { jwt: { issuer: "http://127.0.0.1:8180/realms/x", audience: [app], scopes: [logs] } }';
  expect(planOf('provider: json', issuer)?.route.authorize?.jwt.scopes).toEqual(['logs']);
});
