import { createCatalogue } from '../src/catalogue/registry.ts';
import { bitbucket } from './bitbucket.ts';
import { clerk } from './clerk.ts';
import { discord } from './discord.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { linear } from './linear.ts';
import { meta } from './meta.ts';
import { openai } from './openai.ts';
import { paddle } from './paddle.ts';
import { paypal } from './paypal.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { square } from './square.ts';
import { standardWebhooksProvider } from './standard-webhooks.ts';
import { stripe } from './stripe.ts';
import { svix } from './svix.ts';
import { twilio } from './twilio.ts';
import { zendesk } from './zendesk.ts';
import { zoom } from './zoom.ts';

/** Every provider that comes with Hookport. */
export const catalogue = createCatalogue([
  bitbucket,
  clerk,
  discord,
  github,
  gitlab,
  hubspot,
  intercom,
  linear,
  meta,
  openai,
  paddle,
  paypal,
  resend,
  sendgrid,
  shopify,
  slack,
  square,
  standardWebhooksProvider,
  stripe,
  svix,
  twilio,
  zendesk,
  zoom,
]);
