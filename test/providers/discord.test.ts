import { verifyKey } from 'discord-interactions';
import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { discord } from '../../providers/discord.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const pair = generateKeyPairSync('ed25519');
const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const timestamp = String(arrival / 1000);

describe('discord', () => {
  it.each(bodies)("signs what Discord's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const headers = await signed(discord, body, privateKey);
    const signature = headers['x-signature-ed25519'] ?? '';
    expect(headers['x-signature-timestamp']).toBe(timestamp);
    expect(await verifyKey(body, signature, timestamp, publicKey)).toBe(true);
    expect(await verifyKey(tampered(body), signature, timestamp, publicKey)).toBe(false);
  });

  it.each(bodies)("agrees with Discord's SDK on what node:crypto signs: %j", async (body) => {
    const signature = signBytes(null, Buffer.from(timestamp + body), pair.privateKey).toString('hex');
    const headers = { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
    expect(await verifyKey(body, signature, timestamp, publicKey)).toBe(true);
    expect(await check(discord, body, headers, publicKey)).toEqual(genuine);
    expect(await check(discord, tampered(body), headers, publicKey)).toMatchObject({ reason: 'signature_mismatch' });
    const later = { ...headers, 'x-signature-timestamp': String(arrival / 1000 + 1) };
    expect(await check(discord, body, later, publicKey)).toMatchObject({ reason: 'signature_mismatch' });
  });
});
