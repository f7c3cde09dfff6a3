import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { SendRefusal } from '../queue.ts';
import { refuse } from '../refusal.ts';
import type { MoveTask, MoveTaskOptions } from './embedded-queue.ts';
import type { Job } from './jobs.ts';
import { type MoveCursor, rowsPerStep, type Steps } from './steps.ts';
import type { Store, StoredQueue } from './store.ts';

/** SQS's message move tasks. They live in memory: one that a restart ends is started again by whoever wants it. */
export interface MoveTasks {
  /** @param toMove how many messages the queue holds */
  start(queue: StoredQueue, options: MoveTaskOptions, toMove: number): Started | SendRefusal;
  list(queue: StoredQueue): MoveTask[];
  cancel(taskHandle: string): { moved: number } | undefined;
}

export interface Started {
  ok: true;
  taskHandle: string;
  job: Job;
}

const keptPerQueue = 10;

export function createMoveTasks(store: Store, steps: Steps, clock: Clock): MoveTasks {
  let tasks: MoveTask[] = [];

  return {
    start(queue, { destination, maxPerSecond }, toMove) {
      const source = queue.settings.name;
      if (![...store.queues.values()].some(({ settings }) => settings.redrive?.deadLetterQueue === source))
        return refuse('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      if (destination === source)
        return refuse('InvalidParameterValue', 'Source queue and destination queue must be different.');
      if (maxPerSecond !== undefined && !(Number.isInteger(maxPerSecond) && maxPerSecond >= 1 && maxPerSecond <= 500))
        return refuse('InvalidParameterValue', 'MaxNumberOfMessagesPerSecond must be between 1 and 500.');
      const target = destination === undefined ? undefined : store.queues.get(destination);
      if (destination !== undefined && !target)
        return refuse('ResourceNotFoundException', 'The destination queue does not exist.');
      if (tasks.some((task) => task.source === source && task.status === 'RUNNING'))
        return refuse('InvalidParameterValue', 'There is already a task running for this source queue.');
      const task: MoveTask = {
        taskHandle: randomUUID(),
        status: 'RUNNING',
        source,
        startedAt: clock(),
        moved: 0,
        toMove,
        ...(destination !== undefined && { destination }),
        ...(maxPerSecond !== undefined && { maxPerSecond }),
      };
      const others = tasks.filter((other) => other.source !== source);
      tasks = [task, ...tasks.filter((other) => other.source === source).slice(0, keptPerQueue - 1), ...others];
      return { ok: true, taskHandle: task.taskHandle, job: jobOf(task, queue, target, steps) };
    },
    list: (queue) => tasks.filter((task) => task.source === queue.settings.name).map((task) => structuredClone(task)),
    cancel(taskHandle) {
      const task = tasks.find((candidate) => candidate.taskHandle === taskHandle && candidate.status === 'RUNNING');
      if (!task) return undefined;
      task.status = 'CANCELLED';
      return { moved: task.moved };
    },
  };
}

function jobOf(task: MoveTask, queue: StoredQueue, destination: StoredQueue | undefined, steps: Steps): Job {
  const cursor: MoveCursor = {
    queue,
    startedAt: task.startedAt,
    after: { sentAt: -1, row: 0 },
    ...(destination && { destination }),
  };
  return {
    step(now) {
      if (task.status !== 'RUNNING') return { done: true };
      const limit = Math.min(rowsPerStep, allowance(task, now));
      if (limit <= 0) return { done: false, at: task.startedAt + (task.moved * 1000) / (task.maxPerSecond ?? 1) };
      const { after, moved, done, sourceUnknown } = steps.move(cursor, limit, now);
      return {
        done,
        filled: moved.map((message) => message.destination),
        committed() {
          cursor.after = after;
          task.moved += moved.length;
          if (sourceUnknown) task.failureReason = 'CouldNotDetermineMessageSource';
          if (done) task.status = sourceUnknown ? 'FAILED' : 'COMPLETED';
        },
      };
    },
    failed() {
      task.status = 'FAILED';
      task.failureReason = 'queue_unavailable';
    },
  };
}

/** How many messages the task may move now to stay within its rate. */
function allowance({ maxPerSecond, startedAt, moved }: MoveTask, now: number): number {
  return maxPerSecond === undefined ? Infinity : Math.floor(((now - startedAt) * maxPerSecond) / 1000) + 1 - moved;
}
