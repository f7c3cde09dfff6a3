import { HookportError } from '../../errors.ts';

export function unavailable(message: string): HookportError {
  return new HookportError('queue_unavailable', `the embedded queue: ${message}`);
}
