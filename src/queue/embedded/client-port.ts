import type { MessagePort } from 'node:worker_threads';
import type { LostPart } from './intake/take-over.ts';
import type { IntakeState, Replies } from './protocol.ts';

/** The engine's end of one client's port. Answers are collected and leave together at {@link ClientPort.flush}. */
export interface ClientPort {
  readonly port: MessagePort;
  done(seq: number): void;
  value(seq: number, value: unknown): void;
  failed(seq: number, error: unknown): void;
  intake(state: IntakeState): void;
  lost(part: LostPart): void;
  flush(): void;
}

export function createClientPort(port: MessagePort): ClientPort {
  let replies: Replies | undefined;
  const next = () => (replies ??= { done: [], values: [], failed: [] });
  return {
    port,
    done: (seq) => void next().done.push(seq),
    value: (seq, value) => void next().values.push([seq, value]),
    failed: (seq, error) => void next().failed.push([seq, error instanceof Error ? error.message : String(error)]),
    intake(state) {
      next().intake = state;
    },
    lost: (part) => void (next().lost ??= []).push(part),
    flush() {
      if (!replies) return;
      port.postMessage(replies);
      replies = undefined;
    },
  };
}
