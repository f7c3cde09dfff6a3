import { describe, expect, it } from 'vitest';
import { circleci } from '../../providers/circleci.ts';
import { check, genuine, signed } from './oracle.ts';

const header = 'circleci-signature';

describe('circleci', () => {
  // https://circleci.com/docs/guides/integration/outbound-webhooks/#validate-webhooks
  const vectors = [
    ['hello world', 'secret', '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a'],
    ['lalala', 'another-secret', 'daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00'],
    ['an-important-request-payload', 'hunter123', '9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa'],
    ['foo', 'secret', '773ba44693c7553d6ee20f61ea5d2757a9a4f4a44d2841ae4e95b52e4cd62db4'],
  ] as const;

  it.each(vectors)("accepts the example %j of CircleCI's documentation", async (body, secret, hex) => {
    expect(await check(circleci, body, { [header]: `v1=${hex}` }, secret)).toEqual(genuine);
    expect(await signed(circleci, body, secret)).toEqual({ [header]: `v1=${hex}` });
    expect(await check(circleci, `${body} `, { [header]: `v1=${hex}` }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(circleci, body, { [header]: `v1=${hex},v2=${'0'.repeat(64)}` }, secret)).toEqual(genuine);
  });

  it("refuses the example that CircleCI's documentation calls invalid", async () => {
    expect(await check(circleci, 'foo', { [header]: 'v1=not-a-valid-signature' }, 'secret')).toMatchObject({
      reason: 'malformed_signature',
    });
  });
});
