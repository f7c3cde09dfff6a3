import { faults } from './fault.ts';

/** One machine has one account and pretends to be in one region. */
export const accountId = '000000000000';
const region = 'us-east-1';

/** The name at the end of a queue URL, whatever stands before it. */
export function queueNameOfUrl(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** @throws SqsFault when it is no ARN of a queue */
export function queueNameOfArn(arn: string): string {
  const name = /^arn:[a-z-]+:sqs:[a-z0-9-]*:\d{12}:([\w-]{1,80})$/.exec(arn)?.[1];
  if (name === undefined) throw faults.invalidParameter(`${arn.slice(0, 200)} is not the ARN of a queue.`);
  return name;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`;
}
