import { describe, expect, it } from 'vitest';
import { gitlab } from '../../providers/gitlab.ts';
import { mappedHeaders } from '../../src/catalogue/mapped-headers.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';

function always(alternative: string): string[] {
  const headers = mappedHeaders(gitlab, schemeOf(gitlab, alternative));
  return Object.keys(headers).filter((name) => headers[name] === 'always');
}

describe('mappedHeaders', () => {
  it('maps the headers of the chosen scheme, and not those of the other', () => {
    expect(always('signing-token')).toEqual([
      'content-type',
      'x-gitlab-event',
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ]);
    expect(always('secret-token')).toEqual(['content-type', 'x-gitlab-event', 'x-gitlab-token']);
  });

  it('maps the header of basic authentication', () => {
    expect(mappedHeaders({ headers: {} }, { scheme: 'basic' })).toEqual({ authorization: 'always' });
  });

  it('leaves headers alone of which the signature needs any one', () => {
    const signature = { headers: ['x-signature-1', 'x-signature-2'], encoding: 'hex' } as const;
    const scheme = { scheme: 'hmac', hash: 'sha256', key: 'utf8', signature, message: [{ part: 'body' }] } as const;
    const headers = { 'x-signature-1': 'always', 'x-signature-2': 'sometimes' } as const;
    expect(mappedHeaders({ headers }, scheme)).toEqual(headers);
  });
});
