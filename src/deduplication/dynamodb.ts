import { createHash, randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '../clock.ts';
import type { Deduplication, DeduplicationKey } from './deduplication.ts';

export interface DynamoDbOptions {
  client: Pick<DynamoDBClient, 'send'>;
  /** Its partition key is the text `id`; `expiration` is its time-to-live attribute, in epoch seconds. */
  tableName: string;
  /** @default the system's */
  clock?: Clock;
}

/**
 * Remembers completed deliveries in DynamoDB, by conditional writes alone: one write claims a delivery, one completes
 * it. A claim ends by itself when its holder died. Every id begins with the source, which a consumer's role is bound to.
 */
export function createDynamoDbDeduplication({
  client,
  tableName,
  clock = systemClock,
}: DynamoDbOptions): Deduplication {
  /** The claims that this process holds, so that it gives back no claim of another. */
  const claims = new Map<string, string>();
  const seconds = () => Math.floor(clock() / 1000);
  const put = (item: Record<string, string | number>) =>
    client.send(new PutItemCommand({ TableName: tableName, Item: marshal(item) }));

  return {
    async begin(key) {
      const now = seconds();
      const claim = randomUUID();
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshal({
              id: idOf(key),
              claim,
              claimedUntil: now + key.claimSeconds,
              // Not before the claim, where a completed delivery is remembered for less.
              expiration: now + Math.max(key.keepSeconds, key.claimSeconds),
            }),
            // DynamoDB deletes what is expired within days, so expiry is looked at as well.
            ConditionExpression: 'attribute_not_exists(id) OR claimedUntil <= :now OR expiration <= :now',
            ExpressionAttributeValues: marshal({ ':now': now }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        claims.set(idOf(key), claim);
        return 'started';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The client tries again when an answer is lost, and then meets the claim that it has just made.
        if (error.Item?.['claim']?.S === claim) {
          claims.set(idOf(key), claim);
          return 'started';
        }
        return error.Item?.['claimedUntil'] ? 'inProgress' : 'completed';
      }
    },
    async complete(key) {
      const expiration = seconds() + key.keepSeconds;
      // Whoever holds the claim by now: the handler did succeed.
      await put({ id: idOf(key), expiration });
      claims.delete(idOf(key));
      if (key.bodyHash !== undefined) await put({ id: bodyIdOf(key), deliveryId: shortId(key), expiration });
    },
    async release(key) {
      const claim = claims.get(idOf(key));
      if (claim === undefined) return;
      claims.delete(idOf(key));
      const condition = {
        ConditionExpression: 'claim = :claim',
        ExpressionAttributeValues: marshal({ ':claim': claim }),
      };
      try {
        await client.send(
          new DeleteItemCommand({ TableName: tableName, Key: marshal({ id: idOf(key) }), ...condition }),
        );
      } catch (error) {
        // Our claim had ended, and another attempt has taken the delivery.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async seenBody(key) {
      if (key.bodyHash === undefined) return false;
      const now = seconds();
      const values = { ':now': now, ':deliveryId': shortId(key) };
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshal({ id: bodyIdOf(key), deliveryId: shortId(key), expiration: now + key.claimSeconds }),
            ConditionExpression: 'attribute_not_exists(id) OR expiration <= :now OR deliveryId = :deliveryId',
            ExpressionAttributeValues: marshal(values),
          }),
        );
        return false;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return true;
        throw error;
      }
    },
  };
}

function idOf(key: DeduplicationKey): string {
  return `${key.source}#id#${shortId(key)}`;
}

function bodyIdOf({ source, bodyHash = '' }: DeduplicationKey): string {
  return `${source}#body#${bodyHash}`;
}

/** A partition key takes 2,048 bytes, and a delivery id may come out of a body and be of any length. */
function shortId({ deliveryId }: DeduplicationKey): string {
  if (Buffer.byteLength(deliveryId) <= 256) return deliveryId;
  return `sha256:${createHash('sha256').update(deliveryId).digest('hex')}`;
}

function marshal(item: Record<string, string | number>): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );
}
