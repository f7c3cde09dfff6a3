import type { DoctorRoute } from '../../plan/doctor.ts';
import type { Queue, ReceivedMessage } from '../../queue/queue.ts';
import { isOfRequest } from '../../delivery/wire.ts';
import { judge } from './judge.ts';
import type { Finding, Probe, ProbeAnswer } from './probe.ts';
import { sendProbe } from './send-probe.ts';

export interface ExamineOptions {
  probes: readonly Probe[];
  /** Of each of the doctor's routes. */
  urls: Readonly<Record<DoctorRoute, string>>;
  queue: Queue;
  /** Between two tries of a probe that was throttled. @default 1000 */
  pauseMs?: number;
}

/** SQS may give nothing for a moment although it holds some. */
const emptyReceives = 5;
const throttledTries = 5;

/** Sends every probe, one after the other, and finds in the queue what came of each. Rejects when nothing answers. */
export async function examine({ probes, urls, queue, pauseMs = 1000 }: ExamineOptions): Promise<Finding[]> {
  const answers: ProbeAnswer[] = [];
  for (const probe of probes) answers.push(await sendUnthrottled(probe, urls[probe.route], pauseMs));
  const expected = answers.filter(({ status }) => status >= 200 && status < 300).length;
  const messages = await takeAll(queue, answers, expected);
  return probes.flatMap((probe, index) => {
    const answer = answers[index];
    return answer
      ? [
          judge(
            probe,
            answer,
            messages.find((message) => belongsTo(message, answer)),
          ),
        ]
      : [];
  });
}

async function sendUnthrottled(probe: Probe, url: string, pauseMs: number): Promise<ProbeAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await sendProbe(probe, url);
    if (answer.status !== 429 || tries >= throttledTries) return answer;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** What the probes left in the queue, deleted there; also what came although it was refused. */
async function takeAll(queue: Queue, answers: readonly ProbeAnswer[], expected: number): Promise<ReceivedMessage[]> {
  const found = new Map<string, ReceivedMessage>();
  for (let empty = 0; empty < emptyReceives && found.size < expected;) {
    const messages = await queue.receive({ maxMessages: 10, waitSeconds: 1 });
    for (const message of messages) {
      if (answers.some((answer) => belongsTo(message, answer))) found.set(message.messageId, message);
      await queue.delete(message.receiptHandle);
    }
    empty = messages.length === 0 ? empty + 1 : 0;
  }
  return [...found.values()];
}

/** By SQS's answer, which names the message; by the request id where the answer was another. */
function belongsTo({ messageId, attributes }: ReceivedMessage, { body, requestId }: ProbeAnswer): boolean {
  if (body.includes(`<MessageId>${messageId}</MessageId>`)) return true;
  return requestId !== undefined && isOfRequest(attributes, requestId);
}
