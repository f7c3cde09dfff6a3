import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const guides: Readonly<Record<string, () => Promise<{ guide: ProviderGuide }>>> = {
  adyen: () => import('./adyen.ts'),
  asana: () => import('./asana.ts'),
  'aws-sns': () => import('./aws-sns.ts'),
  bitbucket: () => import('./bitbucket.ts'),
  calendly: () => import('./calendly.ts'),
  circleci: () => import('./circleci.ts'),
  clerk: () => import('./clerk.ts'),
  contentful: () => import('./contentful.ts'),
  discord: () => import('./discord.ts'),
  docusign: () => import('./docusign.ts'),
  github: () => import('./github.ts'),
  gitlab: () => import('./gitlab.ts'),
  hubspot: () => import('./hubspot.ts'),
  intercom: () => import('./intercom.ts'),
  jira: () => import('./jira.ts'),
  line: () => import('./line.ts'),
  linear: () => import('./linear.ts'),
  mailgun: () => import('./mailgun.ts'),
  meta: () => import('./meta.ts'),
  mux: () => import('./mux.ts'),
  openai: () => import('./openai.ts'),
  paddle: () => import('./paddle.ts'),
  'paddle-classic': () => import('./paddle-classic.ts'),
  pagerduty: () => import('./pagerduty.ts'),
  paypal: () => import('./paypal.ts'),
  postmark: () => import('./postmark.ts'),
  razorpay: () => import('./razorpay.ts'),
  resend: () => import('./resend.ts'),
  sanity: () => import('./sanity.ts'),
  sendgrid: () => import('./sendgrid.ts'),
  sentry: () => import('./sentry.ts'),
  shopify: () => import('./shopify.ts'),
  slack: () => import('./slack.ts'),
  square: () => import('./square.ts'),
  'standard-webhooks': () => import('./standard-webhooks.ts'),
  stripe: () => import('./stripe.ts'),
  svix: () => import('./svix.ts'),
  telegram: () => import('./telegram.ts'),
  twilio: () => import('./twilio.ts'),
  typeform: () => import('./typeform.ts'),
  vercel: () => import('./vercel.ts'),
  zapier: () => import('./zapier.ts'),
  zendesk: () => import('./zendesk.ts'),
  zoom: () => import('./zoom.ts'),
};

/** Setup steps and samples of a provider that comes with Hookport; undefined for another one. */
export async function loadGuide(id: string): Promise<ProviderGuide | undefined> {
  if (!Object.hasOwn(guides, id)) return undefined;
  return (await guides[id]?.())?.guide;
}
