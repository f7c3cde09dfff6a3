import { prices } from './prices.ts';

/** What is to be paid for. */
export interface Load {
  /** How many webhooks. */
  webhooks: number;
  /** Of a body with its headers; 1 KB is 1,024 bytes. */
  kilobytes: number;
  /** Deliveries that one invocation gets. */
  batch: number;
  /** Of the handler, for each. */
  handlerSeconds: number;
  memoryGb: number;
}

export interface Item {
  what: string;
  arithmetic: string;
  dollars: number;
}

/** Each request is logged in so many bytes, and each invocation and delivery by the function in so many. */
const accessLogBytes = 500;
const deliveryLogBytes = 450;
const invocationLogBytes = 550;

const million = 1_000_000;
const gb = 1_000_000_000;
const units = (kilobytes: number, unitKb: number) => Math.max(1, Math.ceil(kilobytes / unitKb));
const count = (value: number) => Math.round(value).toLocaleString('en-US');

/** What webhooks cost that are each handled at their first attempt, item by item. */
export function costOf({ webhooks, kilobytes, batch, handlerSeconds, memoryGb }: Load): Item[] {
  const { httpApi, sqs, lambda, logs } = prices;
  const apiUnits = units(kilobytes, httpApi.unitKb) * webhooks;
  const sends = units(kilobytes, sqs.unitKb) * webhooks;
  // One call receives and one deletes a batch; each started unit of what it carries counts.
  const receives = (units(kilobytes * batch, sqs.unitKb) / batch) * webhooks;
  const deletes = webhooks / batch;
  const invocations = webhooks / batch;
  const perMillion = (requests: number, price: number) => (requests / million) * price;
  const logGb = (bytes: number) => (bytes * webhooks) / gb;
  const functionLogBytes = deliveryLogBytes + invocationLogBytes / batch;
  return [
    item(
      'HTTP API',
      `${count(apiUnits)} × $${httpApi.perMillion.toFixed(2)}/M`,
      perMillion(apiUnits, httpApi.perMillion),
    ),
    item('SQS, send', `${count(sends)} × $${sqs.perMillion.toFixed(2)}/M`, perMillion(sends, sqs.perMillion)),
    item(
      'SQS, receive and delete',
      `${count(receives + deletes)} × $${sqs.perMillion.toFixed(2)}/M`,
      perMillion(receives + deletes, sqs.perMillion),
    ),
    item(
      'Lambda, invocations',
      `${count(invocations)} × $${lambda.perMillion.toFixed(2)}/M`,
      perMillion(invocations, lambda.perMillion),
    ),
    item(
      'Lambda, time',
      `${count(webhooks)} × ${handlerSeconds} s × ${memoryGb} GB × $${lambda.perGbSecondArm}`,
      webhooks * handlerSeconds * memoryGb * lambda.perGbSecondArm,
    ),
    item('access log', `${accessLogBytes} B each, $${logs.perGb.toFixed(2)}/GB`, logGb(accessLogBytes) * logs.perGb),
    item(
      'function’s log',
      `about ${count(functionLogBytes)} B each, $${logs.perGb.toFixed(2)}/GB`,
      logGb(functionLogBytes) * logs.perGb,
    ),
  ];
}

function item(what: string, arithmetic: string, dollars: number): Item {
  return { what, arithmetic, dollars };
}

export const total = (items: readonly Item[]) => items.reduce((sum, { dollars }) => sum + dollars, 0);
