import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the Plan of an example configuration', () => {
  let plan: Plan;
  beforeAll(async () => {
    const loaded = await loadConfig(path.join(root, 'test/fixtures/plan/webhooks.config.yaml'), { catalogue, root });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    plan = makePlan(loaded.config, catalogue);
  });

  test('is the reviewed one', async () => {
    await expect(`${JSON.stringify(plan, null, 2)}\n`).toMatchFileSnapshot('../fixtures/plan/example.json');
  });

  test('is plain data that a thread or a template can take', () => {
    expect(structuredClone(plan)).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('gives zendesk no consumer, since its queue is consumed from outside', () => {
    expect(plan.sources.map(({ id, consumer }) => [id, consumer?.handler])).toEqual([
      ['github', 'test/fixtures/handlers/note-effects.ts'],
      ['paddle', 'test/fixtures/handlers/for-paddle.ts'],
      ['zendesk', undefined],
    ]);
  });

  test('maps attributes that are JSON whatever plain value stands in for a variable, and at most ten of them', () => {
    for (const { route } of plan.sources) {
      expect(route.requestParameters.MessageBody).toBe('$request.body');
      const filled = route.requestParameters.MessageAttributes.replaceAll(/\$\{[^}]*\}/g, 'x');
      const attributes = JSON.parse(filled) as Record<string, { DataType: string; StringValue: string }>;
      expect(Object.keys(attributes)).toEqual(['Request', 'Id']);
      for (const { DataType, StringValue } of Object.values(attributes)) {
        expect(DataType).toBe('String');
        expect(StringValue).not.toBe('');
      }
    }
  });

  test('asks API Gateway for headers that the provider always sends, and no others', () => {
    for (const { route, provider } of plan.sources) {
      const asked = [...route.requestParameters.MessageAttributes.matchAll(/request\.header\.([^}]+)/g)].map(
        ([, name]) => name,
      );
      const { headers = {} } = catalogue.get(provider) ?? {};
      expect(asked).toEqual(Object.keys(headers).filter((name) => headers[name] === 'always'));
    }
  });

  test('stays inside the bounds of SQS and Lambda', () => {
    for (const { queue, deadLetterQueue } of plan.sources) {
      expect(queue.name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      expect(deadLetterQueue.name).toBe(queue.redrive?.deadLetterQueue);
      expect(deadLetterQueue.retentionSeconds).toBeGreaterThan(queue.retentionSeconds);
      expect(deadLetterQueue.maxMessageBytes - queue.maxMessageBytes).toBe(4096);
      for (const each of [queue, deadLetterQueue]) {
        expect(each.visibilityTimeoutSeconds).toBeLessThanOrEqual(43_200);
        expect(each.receiveWaitSeconds).toBe(20);
        expect(each.retentionSeconds).toBeLessThanOrEqual(1_209_600);
      }
    }
  });
});
