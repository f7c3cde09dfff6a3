import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = { S: string } | { N: string };
export type Item = Record<string, Value>;
export interface Write {
  Item?: Item;
  Key?: Item;
  ConditionExpression?: string;
  ExpressionAttributeValues?: Item;
}

/** One DynamoDB table over the AWS JSON protocol: PutItem and DeleteItem with conditions of comparisons joined by OR. */
export async function startLocalDynamoDb() {
  const items = new Map<string, Item>();
  const server = createServer((request, response) => void answer(request, response, items));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    items,
    server,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, items: Map<string, Item>): Promise<void> {
  const action = String(request.headers['x-amz-target']).replace(/^DynamoDB_20120810\./, '');
  const write = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Write;
  const id = textOf((write.Item ?? write.Key)?.['id']);
  const before = items.get(id);
  const holds = conditionHolds(write, before);
  if (holds && action === 'PutItem' && write.Item) items.set(id, write.Item);
  if (holds && action === 'DeleteItem') items.delete(id);
  const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', Item: before };
  response
    .writeHead(holds ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify(holds ? {} : refusal));
}

export function conditionHolds(
  { ConditionExpression, ExpressionAttributeValues = {} }: Write,
  item: Item | undefined,
): boolean {
  if (ConditionExpression === undefined) return true;
  return ConditionExpression.split(' OR ').some((term) => {
    const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(term) ?? [];
    if (absent !== undefined) return item?.[absent] === undefined;
    const [, name = '', operator, value = ''] = /^(\w+) (<=|=) (:\w+)$/.exec(term) ?? [];
    const left = item?.[name];
    const right = ExpressionAttributeValues[value];
    if (operator === undefined || right === undefined) throw new Error(`cannot read the condition ${term}`);
    // A comparison with an attribute that is not there is false.
    if (left === undefined) return false;
    return operator === '=' ? textOf(left) === textOf(right) : Number(textOf(left)) <= Number(textOf(right));
  });
}

function textOf(value: Value | undefined): string {
  if (value === undefined) throw new Error('a value is missing');
  return 'S' in value ? value.S : value.N;
}
