import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const guides: Readonly<Record<string, () => Promise<{ guide: ProviderGuide }>>> = {
  bitbucket: () => import('./bitbucket.ts'),
  clerk: () => import('./clerk.ts'),
  discord: () => import('./discord.ts'),
  github: () => import('./github.ts'),
  gitlab: () => import('./gitlab.ts'),
  hubspot: () => import('./hubspot.ts'),
  intercom: () => import('./intercom.ts'),
  linear: () => import('./linear.ts'),
  meta: () => import('./meta.ts'),
  openai: () => import('./openai.ts'),
  paddle: () => import('./paddle.ts'),
  paypal: () => import('./paypal.ts'),
  resend: () => import('./resend.ts'),
  sendgrid: () => import('./sendgrid.ts'),
  shopify: () => import('./shopify.ts'),
  slack: () => import('./slack.ts'),
  square: () => import('./square.ts'),
  'standard-webhooks': () => import('./standard-webhooks.ts'),
  stripe: () => import('./stripe.ts'),
  svix: () => import('./svix.ts'),
  twilio: () => import('./twilio.ts'),
  zendesk: () => import('./zendesk.ts'),
  zoom: () => import('./zoom.ts'),
};

/** Setup steps and samples of a provider that comes with Hookport; undefined for another one. */
export async function loadGuide(id: string): Promise<ProviderGuide | undefined> {
  if (!Object.hasOwn(guides, id)) return undefined;
  return (await guides[id]?.())?.guide;
}
