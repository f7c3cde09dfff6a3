import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defineProvider } from '../../src/catalogue/define-provider.ts';
import type { Provider } from '../../src/catalogue/provider.ts';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import { catalogueIssues, explainLoading } from '../../src/cli/provider-mistakes.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { HookportError } from '../../src/errors.ts';
import { ProjectCopy } from './project-copy.ts';

const sound = `import { defineProvider } from '../src/catalogue/define-provider.ts';
export const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  docs: 'https://example.com/',
  checkedAt: '2026-01-31',
  verify: { scheme: 'hmac', hash: 'sha256', key: 'utf8', signature: { header: 'x-sig', encoding: 'hex' }, message: [{ part: 'body' }] },
  headers: { 'x-sig': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  retry: { text: 'never', horizonSeconds: 0 },
});
`;

describe('a file in providers/ that is broken', () => {
  const copy = new ProjectCopy();
  afterAll(() => copy.remove());
  const inCopy = (name: string) => path.join(copy.folder, name);
  const list = readFileSync(inCopy('providers/index.ts'), 'utf8');
  writeFileSync(
    inCopy('providers/index.ts'),
    `import { acme } from './acme.ts';\n${list.replace('  adyen,', '  acme,\n  adyen,')}`,
  );
  writeFileSync(inCopy('w.yaml'), 'name: n\nsources:\n  a: { provider: acme, forward: { queue: true } }\n');
  const validate = (text: string) => {
    writeFileSync(inCopy('providers/acme.ts'), text);
    return copy.runAlone('validate', '--config', 'w.yaml');
  };

  it('is not what the others are: a sound one is taken', () => {
    expect(validate(sound)).toMatchObject({ status: 0, stderr: '' });
  });

  it('of the right form that cannot work is told as it is', () => {
    expect(validate(sound.replace("{ 'x-sig': 'always' }", '{}'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^hookport: provider "acme": .+ not kept in headers\S*\n$/),
    });
  });

  it.each<[string, string, string]>([
    [
      'a mistyped scheme',
      sound.replace("'hmac'", "'hmacc'"),
      'acme.ts:1:1: verify.scheme: "scheme" must be one of hmac, publicKey, token, basic, none, code, not "hmacc"; did you mean "hmac"?',
    ],
    ['no export', '', "index.ts:1:1: cannot be loaded: SyntaxError: The requested module './acme.ts' does not provide"],
    ['an error when it is loaded', `${sound}\nnope();`, 'acme.ts:14:1: cannot be loaded: ReferenceError: nope is not'],
    ['a syntax error', 'export const = 3;', 'acme.ts:1:1: cannot be loaded: SyntaxError: '],
    [
      'an await that never ends',
      `await new Promise(() => {});\n${sound}`,
      'a file in providers/, or what it imports, awaits something at its top level that never comes',
    ],
  ])('for %s', (_, text, expected) => {
    const { status, stderr } = validate(text);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/internal error|node:internal|^ +at /m);
    expect(status).toBe(1);
  });
});

/** What has the same way to the terminal as those above, without a process for each. */
describe('a definition in a file in providers/ that is broken', () => {
  const verify = {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-sig', encoding: 'hex' },
    message: [{ part: 'body' }],
  };
  const definition = {
    id: 'acme',
    name: 'Acme',
    docs: 'https://example.com/',
    checkedAt: '2026-01-31',
    verify,
    headers: { 'x-sig': 'always' },
    eventType: [{ json: 'type' }],
    deliveryId: { at: [{ json: 'id' }], signed: true },
    retry: { text: 'never', horizonSeconds: 0 },
  };
  const { verify: _verify, ...withoutVerify } = definition;
  const { scheme: _scheme, ...withoutScheme } = verify;
  const itself: Record<string, unknown> = {};
  itself['alternatives'] = { self: itself };

  /** What `validate` says where a file does this when it is loaded. */
  const toldOf = (load: () => Provider): string => {
    try {
      return catalogueIssues(createCatalogue([load()]))
        .map(formatIssue)
        .join('\n');
    } catch (error) {
      const explained = explainLoading(error);
      if (!(explained instanceof HookportError)) throw explained;
      return explained.message;
    }
  };
  /** And where it exports such a definition. */
  const told = (written: unknown): string =>
    toldOf(() => defineProvider(written as Parameters<typeof defineProvider>[0]));

  it('is not what the others are: a sound one is taken', () => {
    expect(told(definition)).toBe('');
  });

  it.each<[string, unknown, string]>([
    ['no scheme', { ...definition, verify: withoutScheme }, 'acme.ts:1:1: verify: "verify" must be how it signs'],
    ['text for a scheme', { ...definition, verify: 'hmac' }, '"verify" must be how it signs'],
    ['nothing about signing', withoutVerify, 'acme.ts:1:1: the definition needs the key "verify"'],
    [
      'a wrong hash',
      { ...definition, verify: { ...verify, hash: 'sha265' } },
      'verify.hash: "hash" must be one of sha1, sha256, sha512',
    ],
    [
      'a wrong part',
      { ...definition, verify: { ...verify, message: [{ part: 'bdy' }] } },
      'verify.message.0.part: "part" must be one of body',
    ],
    [
      'text for a list',
      { ...definition, verify: { ...verify, message: 'body' } },
      'verify.message: "message" must be a list',
    ],
    ['a function for data', { ...definition, eventType: () => [] }, 'eventType: "eventType" must be a list'],
    [
      'a function for text',
      { ...definition, eventType: [{ json: () => 'type' }] },
      'eventType.0.json: "json" must be text',
    ],
    [
      'text for a number',
      { ...definition, retry: { text: 'never', horizonSeconds: 'no' } },
      '"horizonSeconds" must be a number',
    ],
    ['an unknown key', { ...definition, retires: 3 }, 'unknown key "retires"'],
    [
      'a value that holds itself',
      { ...definition, verify: itself },
      'verify.alternatives.self: "self" must be how it signs',
    ],
    [
      'code that is none',
      { ...definition, verify: { scheme: 'code', summary: 's', coversBody: true, verify: 'x' } },
      'verify: code needs a function: verify, or make',
    ],
  ])('for %s', (_, written, expected) => {
    const message = told(written);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/internal error|node:internal|^ +at /m);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a mistyped scheme of a definition that nothing has checked',
      () => ({ ...definition, verify: { ...verify, scheme: 'hmacc' } }),
      'did you mean "hmac"?',
    ],
    ['an export of nothing', () => undefined, 'entry 1 of the list in providers/index.ts is no provider'],
    [
      'something thrown that is no error',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- files may do that
        throw 'x';
      },
      'a file in providers/ throws something that is no error',
    ],
  ])('for %s', (_, load, expected) => {
    expect(toldOf(load as () => Provider)).toContain(expected);
  });
});
