import type { Provider } from '../../catalogue/provider.ts';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import type { Handler } from '../../delivery/handler.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { PayloadReading } from '../../delivery/to-delivery.ts';
import type { Log, LogFields } from '../../log.ts';
import type { UnderWay } from './under-way.ts';

/** What a handler thread is started with. */
export interface ThreadData {
  /** What a thread needs of the provider: to load the whole catalogue would take longer than all the rest. */
  provider: ThreadProvider;
  /** URL of the handler file. */
  handlerUrl: string;
  /** What is printed and logged. */
  underWay: UnderWay;
}

export type ThreadProvider = Pick<Provider, 'id'> & PayloadReading;

export type ToThread =
  | { type: 'run'; id: number; deliveries: readonly VerifiedDelivery[] }
  | { type: 'abort'; id: number; detail: string }
  | { type: 'ping' };

export type FromThread =
  | { type: 'loaded'; takes: Handler['hookport'] }
  | { type: 'notLoaded'; detail: string; stack: string | undefined }
  | { type: 'done'; id: number; outcomes: readonly Outcome[] }
  | { type: 'pong' }
  | { type: 'printed'; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'log'; level: keyof Log; message: string; fields: LogFields };
