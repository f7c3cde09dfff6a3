import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pagerduty } from '../../providers/pagerduty.ts';
import { bodies, check, genuine, signed, tampered } from './oracle.ts';

const header = 'x-pagerduty-signature';

describe('pagerduty', () => {
  // webhookv3/webhookv3_test.go of PagerDuty/go-pagerduty
  const secret = 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK';
  const signature = 'v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd';
  const mismatch = 'v1=7020c8a7ec668a9b7012bc3dd82e483394b038f4230acc6785efbf2a7d8bcaf5';
  const body =
    '{"event":{"id":"01BWDWL3NYY7LUFPZCC28QUCMK","event_type":"incident.priority_updated","resource_type":"incident","occurred_at":"2021-04-26T17:36:27.458Z","agent":{"html_url":"https://acme.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","self":"https://api.pagerduty.com/users/PLH1HKV","summary":"Tenex Engineer","type":"user_reference"},"client":null,"data":{"id":"PGR0VU2","type":"incident","self":"https://api.pagerduty.com/incidents/PGR0VU2","html_url":"https://acme.pagerduty.com/incidents/PGR0VU2","number":2,"status":"triggered","title":"A little bump in the road","service":{"html_url":"https://acme.pagerduty.com/services/PF9KMXH","id":"PF9KMXH","self":"https://api.pagerduty.com/services/PF9KMXH","summary":"API Service","type":"service_reference"},"assignees":[{"html_url":"https://acme.pagerduty.com/users/PTUXL6G","id":"PTUXL6G","self":"https://api.pagerduty.com/users/PTUXL6G","summary":"User 123","type":"user_reference"}],"escalation_policy":{"html_url":"https://acme.pagerduty.com/escalation_policies/PUS0KTE","id":"PUS0KTE","self":"https://api.pagerduty.com/escalation_policies/PUS0KTE","summary":"Default","type":"escalation_policy_reference"},"teams":[{"html_url":"https://acme.pagerduty.com/teams/PFCVPS0","id":"PFCVPS0","self":"https://api.pagerduty.com/teams/PFCVPS0","summary":"Engineering","type":"team_reference"}],"priority":{"html_url":"https://acme.pagerduty.com/account/incident_priorities","id":"PSO75BM","self":"https://api.pagerduty.com/priorities/PSO75BM","summary":"P1","type":"priority_reference"},"urgency":"high","conference_bridge":{"conference_number":1000,"conference_url":"https://example.com"},"resolve_reason":null}}}';

  it("accepts the vector of PagerDuty's Go SDK, and refuses the one that must not match", async () => {
    expect(await check(pagerduty, body, { [header]: signature }, secret)).toEqual(genuine);
    expect(await signed(pagerduty, body, secret)).toEqual({ [header]: signature });
    for (const [text, value] of [
      [body, mismatch],
      [tampered(body), signature],
      ['', signature],
    ] as const)
      expect(await check(pagerduty, text, { [header]: value }, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('accepts either signature while a secret is rotated', async () => {
    for (const both of [`${signature},${mismatch}`, `${mismatch},${signature}`, `${mismatch}, ${signature}`])
      expect(await check(pagerduty, body, { [header]: both }, secret)).toEqual(genuine);
  });

  it.each(bodies)('accepts what node:crypto signs: %j', async (text) => {
    const hex = createHmac('sha256', secret).update(text).digest('hex');
    expect(await check(pagerduty, text, { [header]: `v1=${hex}` }, secret)).toEqual(genuine);
    expect(await check(pagerduty, text, { [header]: `v2=${hex}` }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });
});
