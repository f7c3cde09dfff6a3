import { Stripe as StripeSdk, type Stripe } from 'stripe';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineBatchHandler, defineHandler, type Delivery, type EventsOf, type ProviderEvents } from 'hookport';
import { testDelivery } from 'hookport/testing';

declare module 'hookport' {
  interface ProviderEvents {
    'shop-of-ours': { 'order.created': { id: string } };
  }
}

// What a type says is checked when the tests are type-checked; that the payload of the sample is so, when they run.

/** The payload of a provider's sample, under the type that its event type narrows it to. */
async function payloadOf<Id extends keyof ProviderEvents, Type extends keyof ProviderEvents[Id] & string>(
  provider: Id,
  type: Type,
): Promise<ProviderEvents[Id][Type]> {
  const { eventType, payload } = await testDelivery<string>(provider, type);
  expect(eventType).toBe(type);
  return payload as ProviderEvents[Id][Type];
}

describe('a payload is what the provider’s own types say', () => {
  test('clerk', async () => {
    const { object, data } = await payloadOf('clerk', 'session.ended');
    expectTypeOf(data.user_id).toEqualTypeOf<string>();
    expect([object, data.user_id]).toEqual(['event', 'user_2mZkPq3LwXc']);
  });

  test('github', async () => {
    const { ref, repository } = await payloadOf('github', 'push');
    expectTypeOf(ref).toEqualTypeOf<string>();
    expect([ref, repository.full_name]).toEqual(['refs/tags/simple-tag', 'Codertocat/Hello-World']);
  });

  test('line, whose events stand in an array', async () => {
    const { destination, events } = await payloadOf('line', 'message');
    expectTypeOf(events[0]!.type).toEqualTypeOf<'message'>();
    expectTypeOf(events[0]!.message.id).toEqualTypeOf<string>();
    expect([destination, events[0]?.message.id]).toEqual(['U8e742f61d673b39c7fff3cecb7536ef0', '14353798921116']);
  });

  test('linear', async () => {
    const { action, data, webhookTimestamp } = await payloadOf('linear', 'Issue');
    expectTypeOf(data.identifier).toEqualTypeOf<string>();
    expectTypeOf(webhookTimestamp).toEqualTypeOf<number>();
    expect([action, data.identifier, webhookTimestamp]).toEqual(['create', 'ENG-42', 1793724005123]);
  });

  test('mux', async () => {
    const { id, data } = await payloadOf('mux', 'video.asset.ready');
    expectTypeOf(data.status).toEqualTypeOf<'preparing' | 'ready' | 'errored'>();
    expect([id, data.status]).toEqual(['3a56ac3d-33da-4366-855b-f592d898409d', 'ready']);
  });

  test('openai', async () => {
    const { created_at: createdAt, data } = await payloadOf('openai', 'response.completed');
    expectTypeOf(createdAt).toEqualTypeOf<number>();
    expectTypeOf(data.id).toEqualTypeOf<string>();
    expect([createdAt, data.id]).toEqual([1793724300, 'resp_690a31e0b7']);
  });

  test('paddle, as it is sent and not in the SDK’s camel case', async () => {
    const { event_id: id, data } = await payloadOf('paddle', 'transaction.completed');
    expectTypeOf(id).toEqualTypeOf<string>();
    expectTypeOf(data.subscription_id).toEqualTypeOf<string | null | undefined>();
    expect([id, data.subscription_id]).toEqual(['evt_01jhookport0000000000000001', 'sub_01jhookport0000000000000001']);
  });

  test('resend', async () => {
    const { data } = await payloadOf('resend', 'email.bounced');
    expectTypeOf(data.to).toEqualTypeOf<string[]>();
    expectTypeOf(data.bounce.message).toEqualTypeOf<string>();
    expect([data.to, data.bounce.message]).toEqual([['nobody@example.org'], 'The mailbox does not exist']);
  });

  test('slack, in the envelope', async () => {
    const { event, event_id: id, type } = await payloadOf('slack', 'app_mention');
    expectTypeOf(event.channel).toEqualTypeOf<string>();
    expect([type, id, event.channel]).toEqual(['event_callback', 'Ev0HOOKPORT2', 'C0GENERAL1']);
    const command = await payloadOf('slack', '/deploy');
    expectTypeOf(command.text).toEqualTypeOf<string>();
    expect(command.text).toBe('main & tag');
  });

  test('stripe, snapshot and thin', async () => {
    const { object, data } = await payloadOf('stripe', 'payment_intent.succeeded');
    expectTypeOf(data.object).toExtend<Stripe.PaymentIntent>();
    expectTypeOf(data.object.amount).toEqualTypeOf<number>();
    expect([object, data.object.object, data.object.amount]).toEqual(['event', 'payment_intent', 4900]);
    const thin = await payloadOf('stripe', 'v1.billing.meter.error_report_triggered');
    expectTypeOf(thin).not.toHaveProperty('fetchRelatedObject');
    expect(thin.related_object.id).toBe('mtr_test_61Q');
  });

  test('stripe: where its types say Decimal there is text, also in what its own package gives', () => {
    const secret = 'whsec_test';
    const payload = JSON.stringify({ object: 'event', data: { object: { unit_amount_decimal: '10.5' } } });
    const { webhooks } = new StripeSdk('sk_test_none');
    const header = webhooks.generateTestHeaderString({ payload, secret });
    const { object } = webhooks.constructEvent(payload, header, secret).data as { object: Stripe.Price };
    expectTypeOf(object.unit_amount_decimal).toEqualTypeOf<Stripe.Decimal | null>();
    expect(object.unit_amount_decimal).toBe('10.5');
  });
});

describe('a handler', () => {
  test('gets a payload that `is` narrows, and may ask for no event that does not exist', () => {
    defineHandler('stripe', (delivery) => {
      expectTypeOf(delivery.payload).toEqualTypeOf<unknown>();
      if (delivery.is('invoice.paid')) {
        expectTypeOf(delivery.eventType).toEqualTypeOf<'invoice.paid'>();
        expectTypeOf(delivery.payload.data.object.amount_paid).toEqualTypeOf<number>();
        // @ts-expect-error -- an invoice has no such field
        void delivery.payload.data.object.amount_payed;
      }
      // @ts-expect-error -- Stripe has no such event
      delivery.is('invoice.payed');
    });
    defineBatchHandler('paddle', (deliveries) => {
      for (const delivery of deliveries)
        if (delivery.is('subscription.canceled'))
          expectTypeOf(delivery.payload.data.canceled_at).toEqualTypeOf<string | null | undefined>();
    });
    expect.assertions(0);
  });

  test('gets payloads of whatever else its file says of a provider’s events', () => {
    defineHandler('shop-of-ours', (delivery) => {
      if (delivery.is('order.created')) expectTypeOf(delivery.payload).toEqualTypeOf<{ id: string }>();
      // @ts-expect-error -- it has no such event
      delivery.is('order.craeted');
    });
    expect.assertions(0);
  });

  test('of a provider without types asks for any event and gets an unknown payload', () => {
    defineHandler('shopify', (delivery) => {
      if (delivery.is('orders/create')) expectTypeOf(delivery.payload).toEqualTypeOf<unknown>();
    });
    expect.assertions(0);
  });
});

test('a typed delivery is a delivery: a batch handler’s fail takes it, and so does a function for any provider', () => {
  type Typed = { [Id in keyof ProviderEvents]: Delivery<EventsOf<Id>> };
  expectTypeOf<Typed[keyof Typed]>().toExtend<Delivery>();
  const handler = defineBatchHandler('github', (deliveries, { fail }) => {
    for (const delivery of deliveries) fail(delivery, new Error('no'));
  });
  expect(handler.provider).toBe('github');
});
