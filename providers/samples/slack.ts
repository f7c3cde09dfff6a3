import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

export const guide: ProviderGuide = {
  id: 'slack',
  setup: [
    'On api.slack.com/apps open your app; under Basic Information > App Credentials copy the Signing Secret.',
    'Under Event Subscriptions switch events on and enter {url} as Request URL; Slack asks it to answer a challenge.',
    'Subscribe to the bot events you need, save, and install the app again.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      "the example of Slack's documentation (docs.slack.dev, also in the tests of slackapi/bolt-js); npm @slack/bolt verifies",
  },
  samples: () =>
    Promise.resolve([
      jsonSample('message', {
        token: 'unused',
        team_id: 'T0HOOKPORT',
        api_app_id: 'A0HOOKPORT',
        event: {
          type: 'message',
          channel: 'C0GENERAL1',
          user: 'U0MARA0001',
          text: 'Grüße 👋 $& done',
          ts: '1793724005.000100',
          event_ts: '1793724005.000100',
          channel_type: 'channel',
        },
        type: 'event_callback',
        event_id: 'Ev0HOOKPORT1',
        event_time: 1793724005,
      }),
      jsonSample('app_mention', {
        token: 'unused',
        team_id: 'T0HOOKPORT',
        api_app_id: 'A0HOOKPORT',
        event: {
          type: 'app_mention',
          channel: 'C0GENERAL1',
          user: 'U0MARA0001',
          text: '<@U0BOT00001> status?',
          ts: '1793724111.000200',
        },
        type: 'event_callback',
        event_id: 'Ev0HOOKPORT2',
        event_time: 1793724111,
      }),
      {
        event: '/deploy',
        headers: form,
        body: 'token=unused&team_id=T0HOOKPORT&channel_id=C0GENERAL1&user_id=U0MARA0001&command=%2Fdeploy&text=main+%26+tag&trigger_id=1.2.ab',
      },
    ]),
};
