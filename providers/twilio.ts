import { defineProvider } from '../src/catalogue/define-provider.ts';
import { twilioForm, twilioJson } from './schemes/twilio.ts';

/** POST alone: with GET everything stands in the query string. */
export const twilio = defineProvider({
  id: 'twilio',
  name: 'Twilio',
  docs: 'https://www.twilio.com/docs/usage/security#validating-requests',
  checkedAt: '2026-11-24',
  verify: { alternatives: { form: twilioForm, json: twilioJson } },
  headers: { 'content-type': 'always', 'x-twilio-signature': 'always', 'i-twilio-idempotency-token': 'sometimes' },
  // Each product has its own field; an SMS or a call tells its new status.
  eventType: [
    { form: 'EventType' },
    { form: 'StatusCallbackEvent' },
    { form: 'CallStatus' },
    { form: 'MessageStatus' },
    { form: 'SmsStatus' },
    // https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback, …/voice/twiml/transcription and …/stream
    { form: 'RecordingStatus' },
    { form: 'TranscriptionEvent' },
    { form: 'StreamEvent' },
    { json: 'type' },
  ],
  deliveryId: { at: [{ header: 'i-twilio-idempotency-token' }], signed: false },
  // Event Streams: https://www.twilio.com/docs/events/webhook-quickstart
  items: { path: '', type: 'type', id: 'id', occurredAt: { path: 'time', unit: 'iso8601' }, verify: 'json' },
  limits: { answerSeconds: 15 },
  retry: {
    text: 'most products do not retry unless the URL asks for it (#rc=…); Event Streams, where it cannot, for up to 4 hours',
    horizonSeconds: 4 * 3600,
  },
  unconfirmed: ['answerSeconds'],
});
