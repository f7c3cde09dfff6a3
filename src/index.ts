/** What handler files and workers import: `import { defineHandler } from 'hookport'`. */
export { createWorker, type CreateWorkerOptions } from './create-worker.ts';
export type { RunningWorker } from './consumer/worker.ts';
export type { Delivery, DeliveryItem } from './delivery/delivery.ts';
export type { EventsOf, ProviderEvents } from './delivery/event-types.ts';
export {
  type BatchHandlerContext,
  defineBatchHandler,
  defineHandler,
  type Handler,
  type HandlerContext,
} from './delivery/handler.ts';
export { PermanentError, RetryAfter } from './delivery/handler-errors.ts';
export type { Outcome } from './delivery/outcome.ts';
export type { DeliveryRecord } from './delivery/record.ts';
export { HookportError } from './errors.ts';
export type { Log, LogFields } from './log.ts';
export type { Secret, SecretSet, SecretStore } from './secrets/secret-store.ts';
