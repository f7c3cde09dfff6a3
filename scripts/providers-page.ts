import { catalogue } from '../providers/index.ts';
import { loadGuide } from '../providers/samples/index.ts';
import type { Provider, ProviderGuide } from '../src/catalogue/provider.ts';
import { schemesOf } from '../src/catalogue/scheme-of.ts';
import { describeScheme } from '../src/cli/describe-scheme.ts';
import { covers, coversBody } from '../src/signature/coverage.ts';
import { needsOf } from '../src/signature/needs.ts';
import { markdownTable } from './markdown-table.ts';

/** docs/providers.md: what the catalogue knows of every provider, how that is proved, and how to connect it. */
export async function providersPage(): Promise<string> {
  const entries = await Promise.all(
    catalogue.ids().map(async (id) => ({ provider: catalogue.get(id), guide: await loadGuide(id) })),
  );
  const known = entries.flatMap(({ provider, guide }) => (provider && guide ? [{ provider, guide }] : []));
  const rows = known.map(({ provider, guide }) => [
    `[${provider.name}](#${anchor(provider)})`,
    `\`${provider.id}\``,
    ways(provider).join('; '),
    idOf(provider),
    provider.direct ? 'no' : 'yes',
    guide.proof?.kind ?? 'self',
  ]);
  return [
    '# Providers',
    '<!-- Made by `npm run docs` from providers/ and providers/samples/. -->',
    `${known.length} providers. A source names one: \`provider: github\`. Where there are several ways to verify, the first one ` +
      'counts unless the source says `verify: <way>`; what a request carries has no say in it.',
    '- **Delivery id**: what `deduplicate` goes by. One that is not signed can be changed by whoever caught a genuine ' +
      'request; a hash stands in where the provider sends none.',
    '- **Direct**: whether the provider takes an endpoint that merely keeps what arrives. The others want their first ' +
      'request answered in a way of their own, and `validate` refuses them as a source.',
    '- **Proof**: `vector` is a signature that others published, `sdk` a package that signs or verifies in our tests, or did when it was recorded; ' +
      '`self` means that neither exists, and only our reading of the documentation stands behind it.',
    '- **Several events in one request**: `delivery.items` has each of them, with its id, event type, time and payload; a ' +
      'request without any has no items. Elsewhere the delivery itself is its only item.',
    `- **${mark}** stands behind what no page and no code was found for that says so: people remember it. Where it stands ` +
      'at “sends again”, give `deduplicate` a duration of your own, and be generous.',
    markdownTable(['provider', 'id', 'verified by', 'delivery id', 'direct', 'proof'], rows),
    ...known.flatMap(({ provider, guide }) => section(provider, guide)),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(provider: Provider, guide: ProviderGuide): string[] {
  const { limits, retry, unconfirmed = [] } = provider;
  const sure = (fact: (typeof unconfirmed)[number]) => (unconfirmed.includes(fact) ? ` ${mark}` : '');
  const facts = [
    ['id', `\`${provider.id}\``],
    ['verified by', ways(provider).join('; ')],
    ['signature', partly(provider)],
    ['needs', needs(provider)],
    ['delivery id', idOf(provider)],
    ['says when it happened', occurredAtOf(provider)],
    ['several events in one request', itemsOf(provider)],
    ['sends again', retry.text + sure('retry')],
    [
      'waits for an answer',
      limits?.answerSeconds === undefined ? '' : `${limits.answerSeconds} s${sure('answerSeconds')}`,
    ],
    ['largest body', limits?.bodyBytes === undefined ? '' : `${size(limits.bodyBytes)}${sure('bodyBytes')}`],
    ['proved by', `${guide.proof?.kind ?? 'self'}: ${guide.proof?.source ?? 'itself'}`],
    ['not a direct source', provider.direct?.reason ?? ''],
    ['documented at', `<${provider.docs}>, compared ${provider.checkedAt}`],
  ].filter(([, value]) => value !== '');
  return [
    `## ${provider.name}`,
    markdownTable(['', ''], facts),
    guide.setup.map((step, index) => `${index + 1}. ${stepText(step)}`).join('\n'),
  ];
}

/** What follows a fact that nobody's page confirmed. */
const mark = '(?)';

function size(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / (1024 * 1024)} MiB` : `${Math.round(bytes / 1024)} KiB`;
}

function itemsOf({ items }: Provider): string {
  if (!items) return '';
  const ways = items.verify === undefined ? '' : ` with \`${items.verify}\``;
  const ids = items.id === undefined ? 'an id made of the delivery’s' : 'an id of their own';
  return `yes${ways}; its items have ${ids}`;
}

/** Without anything that Markdown would take for a tag. */
function stepText(step: string): string {
  return step.replaceAll('{url}', 'the source’s URL').replaceAll('<', '&lt;');
}

function ways(provider: Provider): string[] {
  return Object.entries(schemesOf(provider)).map(
    ([name, scheme]) => (name === '' ? '' : `\`${name}\`: `) + describeScheme(scheme),
  );
}

/** Says so where a reader may take more for signed than is. */
function partly(provider: Provider): string {
  const schemes = Object.entries(schemesOf(provider));
  const names = schemes.filter(([, scheme]) => !coversBody(scheme)).map(([name]) => `\`${name}\``);
  if (names.length === 0) return '';
  const which = names.length === schemes.length ? '' : `${names.join(', ')}: `;
  return `${which}does not cover the body byte for byte`;
}

function needs(provider: Provider): string {
  const all = Object.values(schemesOf(provider)).map(needsOf);
  return all.some(({ url }) => url) ? '`publicUrl`, exactly as it is typed at the provider' : '';
}

/** Whether a handler can know when an event happened, and whether nobody else can have written that. */
function occurredAtOf(provider: Provider): string {
  const { occurredAt = [] } = provider;
  const schemes = Object.entries(schemesOf(provider));
  const signed = schemes.filter(([, scheme]) => occurredAt.every(({ at }) => covers(scheme, at)));
  if (occurredAt.length === 0 || signed.length === 0) return occurredAt.length === 0 ? '' : 'yes, not signed';
  if (signed.length === schemes.length) return 'yes, signed';
  return `yes, signed with ${signed.map(([name]) => `\`${name}\``).join(', ')}`;
}

function idOf({ deliveryId }: Provider): string {
  if (deliveryId === 'hash') return 'hash';
  return deliveryId.signed ? 'signed' : 'not signed';
}

/** As GitHub makes them of headings. */
function anchor({ name }: Provider): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}
