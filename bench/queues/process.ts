import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
  const child = fork(join(import.meta.dirname, 'server.ts'), [contender, folder], {
    execArgv: ['--expose-gc'],
  });
  const exited = once(child, 'exit');
  const answered = async () => {
    const gone = exited.then(() => Promise.reject(new Error(`${contender} ended with ${child.exitCode}`)));
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Partial<Answers>];
    return answer;
  };
  const { port = 0 } = await answered();
  const ask = (question: Question) => {
    const answer = answered();
    child.send(question);
    return answer;
  };
  return {
    port,
    ask,
    async close() {
      if (child.connected) child.disconnect();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
