import { decodeMessage } from '../../delivery/wire.ts';
import type { ReceivedMessage } from '../../queue/queue.ts';
import type { Finding, Probe, ProbeAnswer } from './probe.ts';

/**
 * Compares what a probe showed with what we assume.
 *
 * @param message What came into the queue for it; undefined when nothing did.
 */
export function judge(probe: Probe, answer: ProbeAnswer, message: ReceivedMessage | undefined): Finding {
  const accepted = answer.status >= 200 && answer.status < 300;
  const shown = message ? keptAs(probe, message) : undefined;
  let does = shown?.does ?? '';
  if (!shown) does = accepted ? `answered ${answer.status}, but nothing came` : `refused: ${refusalOf(answer)}`;
  else if (!accepted) does = `answered ${answer.status}, but ${shown.does}`;
  const survives = shown?.survives ?? false;
  return {
    id: probe.id,
    question: probe.question,
    assumed: probe.assumed.join(' or '),
    does,
    differs: !probe.assumed.some((assumed) => does.startsWith(assumed)),
    // What is refused may be sent again; what was taken and is gone or changed, nobody misses.
    harmful: probe.honest ? !survives : accepted && (shown === undefined || shown.silentlyChanged),
    status: answer.status,
    contentType: answer.contentType ?? null,
  };
}

interface Kept {
  does: string;
  /** Whether the consumer gets from it what was sent. */
  survives: boolean;
  /** Whether it would be taken for what was sent, which it is not. */
  silentlyChanged: boolean;
}

function keptAs({ route, body, mapped: [name, ...readings] }: Probe, message: ReceivedMessage): Kept {
  const decoded = decodeMessage(message, message.sentAt);
  if (!decoded.ok) {
    const { reason, detail } = decoded.outcome;
    return { does: `kept, but unreadable: ${reason} (${detail})`, survives: false, silentlyChanged: false };
  }
  const got = Buffer.from(message.body, 'utf8');
  const bodyIs = got.equals(body) ? 'whole' : message.body === body.toString('base64') ? 'base64' : 'changed';
  const fields = route === 'query' ? decoded.request.query : decoded.request.headers;
  const value = fields?.[name] ?? '';
  const changes = [
    ...(bodyIs === 'base64' ? ['body as base64'] : []),
    ...(bodyIs === 'changed' ? [`body changed (${body.length} bytes to ${got.length})`] : []),
    ...(value === readings[0] ? [] : [`${name} became ${JSON.stringify(value)}`]),
  ];
  const isChanged = bodyIs === 'changed' || !readings.includes(value);
  return {
    does: changes.length === 0 ? 'kept whole' : `kept, ${changes.join(', ')}`,
    survives: !isChanged,
    silentlyChanged: isChanged,
  };
}

/** SQS's code, or API Gateway's message. */
function refusalOf({ status, body }: ProbeAnswer): string {
  const why = /<Code>([\w.]+)<\/Code>/.exec(body)?.[1] ?? /"message": ?"([^"]{1,100})"/i.exec(body)?.[1];
  return why === undefined ? String(status) : `${status} ${why}`;
}
