import type { Command } from '../acknowledgements.ts';
import type { ClientPort } from '../client-port.ts';
import type { Store } from '../store.ts';
import type { IntakeStart } from '../protocol.ts';
import { createBell, createBellMemory } from './bell.ts';
import type { LostPart, TakeOver } from './take-over.ts';
import { mostAheadBytes } from './writer.ts';

/** The engine's side of the intake log: who waits for what stands there, and what its owner is told. */
export interface Intake {
  /** @param client who writes into the log from now on */
  owner(client: ClientPort): IntakeStart;
  /** Looks how far the log is on disk. */
  look(): void;
  /** Something announced is not in the database. */
  readonly pending: boolean;
  /** The last try to write it failed; see {@link retryMs}. */
  readonly stalled: boolean;
  /** So much was taken over since the last sync that whoever writes the log may soon have to wait. */
  readonly syncSoon: boolean;
  /** Answered by the next try: whether everything announced is in the database now. */
  catchUp(command: Command): void;
  /**
   * Runs it when the engine has taken over, or tried in vain, what stands before a position, and nothing behind it: a client
   * that was told of a message shall find it.
   *
   * @param before @default what is announced
   */
  afterwards(run: () => void, before?: number): void;
  /** Inside a transaction: takes over what comes next. @returns about what the database took for it, in bytes */
  step(now: number): number;
  /** The transaction was committed, or there was none to make. */
  committed(): void;
  /** The transaction was undone: nothing was taken over, and nothing is gone. */
  failed(error: unknown): void;
  /** Everything before that position is in the database on disk. */
  synced(position: number): void;
}

/** How soon the engine tries again by itself to write what it could not take over. */
export const retryMs = 1000;

export function createIntake(takeOver: TakeOver, store: Pick<Store, 'intake'>): Intake {
  const memory = createBellMemory(takeOver.end);
  const bell = createBell(memory);
  let owner: ClientPort | undefined;
  let freed = store.intake;
  let stalled = false;
  let passed: LostPart | undefined;
  let catchingUp: Command[] = [];
  let deferred: { run: () => void; before: number }[] = [];

  function stall(now: boolean): void {
    if (stalled === now) return;
    stalled = now;
    owner?.intake({ freed, stalled });
  }

  function answer(give: (command: Command) => void): void {
    for (const command of catchingUp) give(command);
    catchingUp = [];
  }

  function runDeferred(isDue: (before: number) => boolean): void {
    const due = deferred.filter(({ before }) => isDue(before));
    deferred = deferred.filter(({ before }) => !isDue(before));
    for (const { run } of due) run();
  }

  return {
    owner(client) {
      owner = client;
      return { at: takeOver.end, freed, stalled, bell: memory };
    },
    look: () => takeOver.announced(bell.heard()),
    get pending() {
      return takeOver.pending;
    },
    get stalled() {
      return stalled;
    },
    get syncSoon() {
      return store.intake - freed >= mostAheadBytes / 8;
    },
    catchUp: (command) => void catchingUp.push(command),
    afterwards(run, before = takeOver.end) {
      if (store.intake < before) deferred.push({ run, before });
      else run();
    },
    step(now) {
      const { bytes, lost } = takeOver.step(now, Math.min(...deferred.map(({ before }) => before)));
      passed = lost;
      return bytes;
    },
    committed() {
      if (passed) owner?.lost(passed);
      passed = undefined;
      stall(false);
      runDeferred((before) => before <= store.intake);
      if (!takeOver.pending) answer(({ client, seq }) => client.done(seq));
    },
    failed(error) {
      passed = undefined;
      answer(({ client, seq }) => client.failed(seq, error));
      if (takeOver.pending) stall(true);
      runDeferred(() => true);
    },
    synced(position) {
      freed = position;
      owner?.intake({ freed, stalled });
      owner?.flush();
    },
  };
}
