import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startAsked } from '../lib/asked.ts';
import type { QueueContender } from './opened.ts';
import type { Answers, Question } from './server.ts';

/** A contender in a process of its own, with a folder of its own. */
export interface QueueProcess {
  port: number;
  ask(question: Question): Promise<Partial<Answers>>;
  close(): Promise<void>;
}

export async function startQueue(contender: QueueContender, parent: string): Promise<QueueProcess> {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const asked = startAsked<Question, Partial<Answers>>(
    join(import.meta.dirname, 'server.ts'),
    [contender, folder],
    ['--expose-gc'],
  );
  const { port = 0 } = await asked.hello;
  return {
    port,
    ask: (question) => asked.ask(question),
    async close() {
      await asked.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
