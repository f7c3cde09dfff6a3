import { sign, verify } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { meta } from '../../providers/meta.ts';
import { guide } from '../../providers/samples/meta.ts';
import { check, genuine, signed, tampered } from './oracle.ts';

describe('meta', () => {
  // No vector and no SDK that verifies. Meta took the header and its form over from GitHub, so GitHub's own serve.
  const header = 'x-hub-signature-256';

  it("accepts the vector of GitHub's documentation", async () => {
    const headers = { [header]: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' };
    expect(await check(meta, 'Hello, World!', headers, "It's a Secret to Everybody")).toEqual(genuine);
  });

  it('agrees with @octokit/webhooks-methods both ways on its samples, whose characters Meta escapes', async () => {
    const secret = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    for (const { body } of await guide.samples()) {
      expect(body).toMatch(/^[\u0020-\u007e]+$/);
      expect(await check(meta, body, { [header]: await sign(secret, body) }, secret)).toEqual(genuine);
      const ours = (await signed(meta, body, secret))[header] ?? '';
      expect(await verify(secret, body, ours)).toBe(true);
      expect(await verify(secret, tampered(body), ours)).toBe(false);
      // Parsing and writing again gives other bytes.
      const rewritten = JSON.stringify(JSON.parse(body));
      expect(await check(meta, rewritten, { [header]: ours }, secret)).toMatchObject({ reason: 'signature_mismatch' });
    }
  });
});
