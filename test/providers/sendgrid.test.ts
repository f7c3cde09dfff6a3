import { EventWebhook } from '@sendgrid/eventwebhook';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendgrid } from '../../providers/sendgrid.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const signatureHeader = 'x-twilio-email-event-webhook-signature';
const timestampHeader = 'x-twilio-email-event-webhook-timestamp';
const sdk = new EventWebhook();

function verifies(key: string, body: string, headers: Record<string, string>): boolean {
  const publicKey = sdk.convertPublicKeyToECDSA(key);
  return sdk.verifySignature(publicKey, body, headers[signatureHeader] ?? '', headers[timestampHeader] ?? '');
}

describe('sendgrid', () => {
  // packages/eventwebhook/src/eventwebhook.spec.js of sendgrid/sendgrid-nodejs
  const single = {
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
    headers: {
      [signatureHeader]:
        'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
      [timestampHeader]: '1600112502',
    },
    body: '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n',
  };
  const several = {
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQ4LIFtWztlsF7skFqOncjD1lun4H5w8XOhyOArHW9RcIx/FfEzx6cikC/yPfUvwaX/JScE7Fc9CJD2afQ9Ok3Q==',
    headers: {
      [signatureHeader]:
        'MEYCIQC/I4o6vCgqRYrTljjoVWB/GRWNtxeePlLMHr3x9ETeRQIhAIpV+03nREPTTHWSW0wIOA0EoMPdcNgXa70yCaqDJlu5',
      [timestampHeader]: '1619651159',
    },
    body: '[{"email":"invalid@gmail.com","event":"processed","send_at":0,"sg_event_id":"cHJvY2Vzc2VkLTE5OTQyMTEyLXFOd0JMZ1BRUWpXNkRKdktRd1NBYnctMA","sg_message_id":"qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0","smtp-id":"<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>","timestamp":1619651146},\r\n{"email":"invalid@gmail.com","event":"bounce","ip":"167.89.101.76","reason":"552 5.2.2 The email account that you tried to reach is over quota and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm c17si1130468pgv.34 - gsmtp","sg_event_id":"Ym91bmNlLTAtMTk5NDIxMTItcU53QkxnUFFRalc2REp2S1F3U0Fidy0w","sg_message_id":"qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0","smtp-id":"<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>","status":"5.2.2","timestamp":1619651147,"tls":1,"type":"blocked"}]\r\n',
  };

  it.each([
    ['one event', single],
    ['several events', several],
  ])(
    "accepts SendGrid's own vector with %s; not without its last line break",
    async (_name, { key, headers, body }) => {
      expect(await check(sendgrid, body, headers, key)).toEqual(genuine);
      expect(verifies(key, body, headers)).toBe(true);
      for (const other of [tampered(body), body.trimEnd(), JSON.stringify(JSON.parse(body))])
        expect(await check(sendgrid, other, headers, key)).toMatchObject({ reason: 'signature_mismatch' });
    },
  );

  it("refuses SendGrid's own vector with digits moved between timestamp and body, which its signature does not keep apart", async () => {
    const { key, headers, body } = single;
    const moved = { ...headers, [timestampHeader]: '160011250' };
    expect(verifies(key, `2${body}`, moved)).toBe(true);
    expect(await check(sendgrid, `2${body}`, moved, key)).toMatchObject({ reason: 'malformed_timestamp' });
  });

  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it.each(bodies)("signs what SendGrid's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const headers = await signed(sendgrid, body, pem);
    expect(headers[timestampHeader]).toBe(String(arrival / 1000));
    expect(verifies(key, body, headers)).toBe(true);
    expect(verifies(key, tampered(body), headers)).toBe(false);
  });

  it('refuses the signature r = s = 0 (CVE-2021-43571)', async () => {
    const headers = { [signatureHeader]: 'MAYCAQACAQA=', [timestampHeader]: String(arrival / 1000) };
    expect(await check(sendgrid, '[]', headers, key)).toMatchObject({ reason: 'signature_mismatch' });
  });
});
