import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
const verifyLine = /verify: .*/;

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

  it.each<[string, string, string]>([
    [
      'a mistyped scheme',
      sound.replace("'hmac'", "'hmacc'"),
      'acme.ts:1:1: verify.scheme: "scheme" must be one of hmac, publicKey, token, basic, none, code, not "hmacc"; did you mean "hmac"?',
    ],
    [
      'a mistyped scheme of a definition that nothing has checked',
      sound.replace('defineProvider({', '({').replace("'hmac'", "'hmacc'"),
      'did you mean "hmac"?',
    ],
    ['no scheme', sound.replace("scheme: 'hmac', ", ''), 'acme.ts:1:1: verify: "verify" must be how it signs'],
    ['text for a scheme', sound.replace(verifyLine, "verify: 'hmac',"), '"verify" must be how it signs'],
    ['nothing about signing', sound.replace(verifyLine, ''), 'acme.ts:1:1: the definition needs the key "verify"'],
    ['a wrong hash', sound.replace('sha256', 'sha265'), 'verify.hash: "hash" must be one of sha1, sha256, sha512'],
    ['a wrong part', sound.replace("'body'", "'bdy'"), 'verify.message.0.part: "part" must be one of body'],
    ['text for a list', sound.replace("[{ part: 'body' }]", "'body'"), 'verify.message: "message" must be a list'],
    ['a function for data', sound.replace("[{ json: 'type' }]", '() => []'), 'eventType: "eventType" must be a list'],
    ['a function for text', sound.replace("'type'", "() => 'type'"), 'eventType.0.json: "json" must be text'],
    [
      'text for a number',
      sound.replace('horizonSeconds: 0', "horizonSeconds: 'no'"),
      '"horizonSeconds" must be a number',
    ],
    ['an unknown key', sound.replace('retry:', 'retires: 3,\n  retry:'), 'unknown key "retires"'],
    [
      'a value that holds itself',
      `const self = {}; self.alternatives = { self };\n${sound.replace(verifyLine, 'verify: self,')}`,
      'verify.alternatives.self: "self" must be how it signs',
    ],
    [
      'code that is none',
      sound.replace(verifyLine, "verify: { scheme: 'code', summary: 's', coversBody: true, verify: 'x' },"),
      'verify: code needs a function: verify, or make',
    ],
    ['no export', '', "index.ts:1:1: cannot be loaded: SyntaxError: The requested module './acme.ts' does not provide"],
    [
      'an export of nothing',
      'export const acme = undefined;',
      'entry 1 of the list in providers/index.ts is no provider',
    ],
    ['an error when it is loaded', `${sound}\nnope();`, 'acme.ts:14:1: cannot be loaded: ReferenceError: nope is not'],
    ['a syntax error', 'export const = 3;', 'acme.ts:1:1: cannot be loaded: SyntaxError: '],
    [
      'an await that never ends',
      `await new Promise(() => {});\n${sound}`,
      'a file in providers/, or what it imports, awaits something at its top level that never comes',
    ],
    [
      'something thrown that is no error',
      `throw 'x';\n${sound}`,
      'a file in providers/ throws something that is no error',
    ],
  ])('for %s', (_, text, expected) => {
    const { status, stderr } = validate(text);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/internal error|node:internal|^ +at /m);
    expect(status).toBe(1);
  });
});
