import { setPriority } from 'node:os';
import { createLoadClient, githubRequest } from './client.ts';
import { pace } from './pace.ts';

/**
 * Floods one source with forged deliveries, in a process of its own, so that whoever measures beside it measures the platform;
 * and behind all else that wants a processor, since a flood from elsewhere takes none here.
 *
 * `node test/chaos/load/flooder.ts <gateway> <path> <per second> <seconds> <body bytes>` prints "floods" when it begins, and
 * at the end how many were accepted; the throttle refuses the others.
 */
setPriority(19);
const [gateway = '', path = '', perSecond = '', seconds = '', bodyBytes = ''] = process.argv.slice(2);
const client = createLoadClient(gateway, 64);
// A forger has no secret to sign each with; a hundred that differ are made once.
const forged = Array.from({ length: 100 }, (_, index) =>
  githubRequest({ path, id: `forged-${process.pid}-${index}`, secret: 'guessed', bodyBytes: Number(bodyBytes) }),
);
let accepted = 0;
console.log('floods');
await pace({ perSecond: Number(perSecond), seconds: Number(seconds) }, async (index, dueAt) => {
  const request = forged[index % forged.length]!;
  if ((await client.post(request, dueAt)).status === 200) accepted += 1;
});
client.close();
console.log(accepted);
