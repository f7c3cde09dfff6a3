import { expect, test } from 'vitest';
import { testDelivery, testHandler } from 'hookport/testing';
import paddleHandler from '../../src/handlers/paddle.ts';

test('paddle unlocks a transaction once, and waits for a customer that is not known yet', async () => {
  const completed = await testDelivery('paddle', 'transaction.completed');
  const first = await testHandler(paddleHandler, completed);
  const second = await testHandler(paddleHandler, completed);
  expect([first.log[0]?.message, second.log[0]?.message]).toEqual(['unlocked', 'was unlocked before']);
  const early = await testDelivery('paddle', 'transaction.completed', {
    payload: { event_type: 'transaction.completed', data: { id: 'txn_2', customer_id: null } },
  });
  expect((await testHandler(paddleHandler, early)).outcomes).toMatchObject([
    { reason: 'retry_after', retryAfterSeconds: 60 },
  ]);
});
