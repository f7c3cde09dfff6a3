import { createCatalogue } from '../src/catalogue/registry.ts';
import { adyen } from './adyen.ts';
import { asana } from './asana.ts';
import { awsSns } from './aws-sns.ts';
import { bitbucket } from './bitbucket.ts';
import { calendly } from './calendly.ts';
import { circleci } from './circleci.ts';
import { clerk } from './clerk.ts';
import { contentful } from './contentful.ts';
import { discord } from './discord.ts';
import { docusign } from './docusign.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { jira } from './jira.ts';
import { json } from './json.ts';
import { line } from './line.ts';
import { linear } from './linear.ts';
import { mailgun } from './mailgun.ts';
import { meta } from './meta.ts';
import { mux } from './mux.ts';
import { openai } from './openai.ts';
import { paddle } from './paddle.ts';
import { paddleClassic } from './paddle-classic.ts';
import { pagerduty } from './pagerduty.ts';
import { paypal } from './paypal.ts';
import { postmark } from './postmark.ts';
import { razorpay } from './razorpay.ts';
import { resend } from './resend.ts';
import { sanity } from './sanity.ts';
import { sendgrid } from './sendgrid.ts';
import { sentry } from './sentry.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { square } from './square.ts';
import { standardWebhooksProvider } from './standard-webhooks.ts';
import { stripe } from './stripe.ts';
import { svix } from './svix.ts';
import { telegram } from './telegram.ts';
import { twilio } from './twilio.ts';
import { typeform } from './typeform.ts';
import { vercel } from './vercel.ts';
import { zapier } from './zapier.ts';
import { zendesk } from './zendesk.ts';
import { zoom } from './zoom.ts';

/** Every provider that comes with Hookport. */
export const catalogue = createCatalogue([
  adyen,
  asana,
  awsSns,
  bitbucket,
  calendly,
  circleci,
  clerk,
  contentful,
  discord,
  docusign,
  github,
  gitlab,
  hubspot,
  intercom,
  jira,
  json,
  line,
  linear,
  mailgun,
  meta,
  mux,
  openai,
  paddle,
  paddleClassic,
  pagerduty,
  paypal,
  postmark,
  razorpay,
  resend,
  sanity,
  sendgrid,
  sentry,
  shopify,
  slack,
  square,
  standardWebhooksProvider,
  stripe,
  svix,
  telegram,
  twilio,
  typeform,
  vercel,
  zapier,
  zendesk,
  zoom,
]);
