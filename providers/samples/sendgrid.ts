import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

/** SendGrid ends each event with CR LF; who parses the body and writes it again breaks every signature. */
function batch(event: string, events: readonly object[]): Sample {
  const body = `[${events.map((item) => JSON.stringify(item)).join(',\r\n')}]\r\n`;
  return { event, headers: { 'content-type': 'application/json' }, body };
}

const common = { email: 'zoe@example.com', timestamp: 1793724005, 'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>' };

export const guide: ProviderGuide = {
  id: 'sendgrid',
  setup: [
    'In SendGrid open Settings > Mail Settings > Event Webhooks and choose Create new webhook.',
    'Enter {url} as Post URL and choose the events.',
    'Under Security features switch Signed Event Webhook on, save, and copy the Verification Key (a public key in base64).',
  ],
  secretFrom: 'publicKey',
  proof: {
    kind: 'vector',
    source: 'two vectors in the tests of sendgrid/sendgrid-nodejs; npm @sendgrid/eventwebhook verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      batch('delivered', [
        {
          ...common,
          event: 'delivered',
          sg_event_id: 'ZGVsaXZlcmVkLTAtMQ',
          sg_message_id: '14c5d75ce93.filter0001',
          response: '250 OK',
        },
      ]),
      batch('batch', [
        { ...common, event: 'processed', sg_event_id: 'cHJvY2Vzc2VkLTAtMQ', sg_message_id: '14c5d75ce94.filter0001' },
        {
          ...common,
          event: 'open',
          sg_event_id: 'b3Blbi0wLTE',
          sg_message_id: '14c5d75ce94.filter0001',
          useragent: 'Mozilla/5.0',
        },
        {
          ...common,
          event: 'bounce',
          sg_event_id: 'Ym91bmNlLTAtMQ',
          sg_message_id: '14c5d75ce95.filter0001',
          reason: '500 unknown récipient',
          status: '5.0.0',
        },
      ]),
    ]),
};
