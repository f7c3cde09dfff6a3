import type { SendRefusal } from './queue.ts';

export function invalid(message: string): SendRefusal {
  return refuse('InvalidParameterValue', message);
}

export function refuse(code: string, message: string): SendRefusal {
  return { ok: false, code, message };
}
