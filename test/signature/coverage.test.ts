import { describe, expect, it } from 'vitest';
import { covers, coversBody } from '../../src/signature/coverage.ts';
import { needsOf } from '../../src/signature/needs.ts';
import type { CodeScheme, Locator, Scheme } from '../../src/signature/scheme.ts';
import { over, plain } from './schemes.ts';

const code: CodeScheme = {
  scheme: 'code',
  summary: '',
  coversBody: true,
  verify: () => ({ ok: true, secretIndex: 0 }),
};
const places: Record<string, Locator> = {
  header: { header: 'x-id' },
  json: { json: 'id' },
  form: { form: 'id' },
  formJson: { formJson: ['payload', 'id'] },
  query: { query: 'id' },
};
const covered = (scheme: Scheme) => Object.keys(places).filter((name) => covers(scheme, places[name]!));

describe('covers', () => {
  it('counts what the signed content holds, and nothing else', () => {
    expect(covered(plain)).toEqual(['json', 'form', 'formJson']);
    expect(covered(over({ part: 'header', name: 'x-id' }, { part: 'body' }))).toEqual([
      'header',
      'json',
      'form',
      'formJson',
    ]);
    expect(covered(over({ part: 'header', name: 'x-other' }))).toEqual([]);
    expect(covered(over({ part: 'json', path: 'id' }))).toEqual(['json']);
    expect(covered(over({ part: 'json', path: 'other' }))).toEqual([]);
    expect(covered(over({ part: 'url' }, { part: 'sortedForm' }))).toEqual(['form', 'formJson']);
    expect(covered(over('v0:', { part: 'url' }))).toEqual([]);
    expect(covered(code)).toEqual(['json', 'form', 'formJson']);
    expect(covered({ ...code, coversBody: false })).toEqual([]);
    expect(covered({ ...code, coversBody: false, coversValues: [{ form: 'id' }, { json: 'other' }] })).toEqual([
      'form',
    ]);
    expect(covered({ scheme: 'token', at: { header: 'x-id' } })).toEqual([]);
    expect(covered({ scheme: 'basic' })).toEqual([]);
  });

  it('knows whether every byte of the body is signed', () => {
    expect([plain, code].map(coversBody)).toEqual([true, true]);
    expect([over({ part: 'json', path: 'id' }), over({ part: 'sortedForm' })].map(coversBody)).toEqual([false, false]);
    expect(coversBody({ scheme: 'basic' })).toBe(false);
  });
});

describe('needsOf', () => {
  it('names what headers and body do not hold', () => {
    expect(needsOf(plain)).toEqual({ url: false, method: false, query: [] });
    expect(needsOf(over({ part: 'method' }, { part: 'url' }))).toEqual({ url: true, method: true, query: [] });
    expect(needsOf({ ...code, needs: { url: true, method: false, query: ['sha'] } })).toEqual({
      url: true,
      method: false,
      query: ['sha'],
    });
    expect(needsOf({ scheme: 'basic' })).toEqual({ url: false, method: false, query: [] });
  });
});
