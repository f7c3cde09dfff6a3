import examples from '@octokit/webhooks-examples';
import { expect, test } from 'vitest';
import { testDelivery, testHandler } from 'hookport/testing';
import githubHandler from '../../src/handlers/github.ts';

test('github greets and reports pushes, and takes every payload that GitHub may send', async () => {
  const { log, outcomes } = await testHandler(githubHandler, await testDelivery('github', 'push'));
  expect(outcomes).toEqual([{ kind: 'handled' }]);
  expect(log).toMatchObject([{ message: 'push', fields: { repository: 'Codertocat/Hello-World' } }]);
  for (const { name } of examples as unknown as { name: 'push' }[])
    expect((await testHandler(githubHandler, await testDelivery('github', name))).outcomes).toEqual([
      { kind: 'handled' },
    ]);
});
