import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/cli/doctor/judge.ts';
import type { ProbeAnswer } from '../../../src/cli/doctor/probe.ts';
import { probes } from '../../../src/cli/doctor/probes.ts';
import type { ReceivedMessage } from '../../../src/queue/queue.ts';

const accepted: ProbeAnswer = { status: 200, contentType: 'text/xml', body: '', requestId: 'r' };
const probe = (id: string) => {
  const found = probes.find((each) => each.id === id);
  if (!found) throw new Error(`no probe ${id}`);
  return found;
};
const text = (stringValue: string) => ({ dataType: 'String', stringValue });

function message(body: string, header: string, id = 'r'): ReceivedMessage {
  const attributes = { Request: text(`3 r 1 192.0.2.1 1 0\n${header}`), Id: text(id) };
  return { messageId: 'm', receiptHandle: 'h', sentAt: 1, firstReceivedAt: 1, receiveCount: 1, body, attributes };
}

const value = 'x-doctor-value: sha256=0123456789abcdef\n';
const sent = probe('json').body.toString();

describe('the doctor’s judgement', () => {
  it('is that all is as assumed where a message holds what was sent', () => {
    expect(judge(probe('json'), accepted, message(sent, value))).toMatchObject({
      does: 'kept whole',
      differs: false,
      harmful: false,
    });
  });

  it('is that a refused honest request is a lost one', () => {
    const refused = { ...accepted, status: 500, body: '{"message":"Internal Server Error"}' };
    expect(judge(probe('absent-header'), refused, undefined)).toMatchObject({
      does: 'refused: 500 Internal Server Error',
      differs: true,
      harmful: true,
    });
  });

  it('is that a 2xx without a message is a loss, of whatever request', () => {
    expect(judge(probe('nul'), accepted, undefined)).toMatchObject({
      does: 'answered 200, but nothing came',
      harmful: true,
    });
  });

  it('is that base64 is as good where the consumer takes it, and a difference elsewhere', () => {
    const base64 = Buffer.from(probe('form').body).toString('base64');
    expect(judge(probe('form'), accepted, message(base64, value))).toMatchObject({ differs: false, harmful: false });
    const odd = Buffer.from(probe('not-utf8').body).toString('base64');
    expect(judge(probe('not-utf8'), accepted, message(odd, value))).toMatchObject({ differs: true, harmful: false });
  });

  it('is that a changed body or header is a corruption', () => {
    expect(judge(probe('not-utf8'), accepted, message('{\ufffd\ufffd}', value))).toMatchObject({
      does: 'kept, body changed (4 bytes to 8)',
      harmful: true,
    });
    expect(judge(probe('backslash'), accepted, message(sent, 'x-doctor-value: ad\n'))).toMatchObject({
      does: 'kept, x-doctor-value became "ad"',
      harmful: true,
    });
  });

  it('is that what the decoder refuses is seen, and harms only honest requests', () => {
    const torn = message(sent, value, 'other 1 192.0.2.1');
    expect(judge(probe('quote'), accepted, torn)).toMatchObject({ differs: false, harmful: false });
    expect(judge(probe('json'), accepted, torn)).toMatchObject({ differs: true, harmful: true });
  });

  it('is that an escaped quote is better than assumed', () => {
    expect(judge(probe('quote'), accepted, message(sent, 'x-doctor-value: a"b\n'))).toMatchObject({
      does: 'kept whole',
      differs: true,
      harmful: false,
    });
  });
});
