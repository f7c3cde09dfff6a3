import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that is asked one thing at a time, over the IPC channel, whose end is its end too. */
export interface Asked<Question, Answer> {
  /** What it says first. */
  hello: Promise<Answer>;
  /** Rejects if the process ends instead. */
  ask(question: Question): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts a module with node, for questions that it answers by {@link answerAll}. */
export function startAsked<Question extends object, Answer>(
  file: string,
  args: readonly string[],
  execArgv: readonly string[] = [],
): Asked<Question, Answer> {
  const child = fork(file, args, { execArgv: [...execArgv] });
  const exited = once(child, 'exit');
  const answered = async () => {
    const gone = exited.then(() => Promise.reject(new Error(`${args.join(' ')} ended with ${child.exitCode}`)));
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Answer];
    return answer;
  };
  return {
    hello: answered(),
    ask(question) {
      const answer = answered();
      child.send(question);
      return answer;
    },
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other end: says hello, answers, and ends with the channel. An error ends the process. */
export function answerAll<Answer extends object>(
  hello: Answer,
  answer: (question: unknown) => Promise<Answer>,
  close: () => Promise<void> = () => Promise.resolve(),
): void {
  process.send?.(hello);
  process.on('message', (question) => {
    answer(question).then(
      (answered) => process.send?.(answered),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => void close().finally(() => process.exit()));
}
