import { identify } from '../../catalogue/identify.ts';
import type { Provider, Sample } from '../../catalogue/provider.ts';

/** A handler that logs what comes, to begin with. */
export function handlerStub(source: string, provider: Provider, samples: readonly Sample[]): string {
  const [sample] = samples;
  const type = sample && identify(provider, { ...sample, body: Buffer.from(sample.body) }).eventType;
  const only = type === undefined ? '' : `  // Of one type alone: if (!delivery.is('${escaped(type)}')) return;\n`;
  return `import { defineHandler } from 'hookport';

/** Called with each verified delivery of the source \`${source}\`. Return: handled. Throw: tried again, with growing delays. */
export default defineHandler('${provider.id}', (delivery, { log }) => {
${only}  log.info('received', { type: delivery.eventType, id: delivery.id });
});
`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`);
}
