import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fewAtOnce } from '../../aws-few-at-once.ts';
import { awsTimeouts } from '../../aws-timeouts.ts';
import type { Deduplication } from '../../deduplication/deduplication.ts';
import { createDynamoDbDeduplication } from '../../deduplication/dynamodb.ts';

/** The stack's table; imported by the entries of sources that deduplicate alone. */
export function openDeduplication(tableName: string): Deduplication {
  const client = fewAtOnce(new DynamoDBClient({ maxAttempts: 3, requestHandler: awsTimeouts(3000) }));
  return createDynamoDbDeduplication({ client, tableName });
}
