import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { postGithub } from './github-request.ts';
import { TestProject } from './platform-process.ts';

const rounds = 20;
const connections = 32;
const secret = 'a secret of the crash test';
const project = new TestProject(
  '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts, throttle: { rate: 10000, burst: 5000 } }\n',
);
const env = { GITHUB_WEBHOOK_SECRET: secret, EFFECTS_FILE: project.file('effects') };
afterAll(() => project.remove());

/** Posts over and over on one connection until the server is gone. @returns the ids that got a 2xx */
async function postUntilGone(gateway: string, prefix: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let number = 0; ; number++) {
    const id = `${prefix}-${number}`;
    const status = await postGithub(gateway, secret, { event: 'push', id, body: JSON.stringify({ id }) }).catch(
      () => 0,
    );
    if (status === 0) return acknowledged;
    if (status === 200) acknowledged.push(id);
  }
}

test(
  `after ${rounds} kills at random moments under load, everything that got a 2xx is handled`,
  { timeout: 240_000 },
  async () => {
    const acknowledged: string[] = [];
    let inFlightAtKills = 0;
    for (let round = 0; round < rounds; round++) {
      const platform = await project.start(env);
      const senders = Array.from({ length: connections }, (_, index) =>
        postUntilGone(platform.gateway, `${round}-${index}`),
      );
      await sleep(50 + Math.random() * 700);
      const { queue } = await platform.source('github');
      inFlightAtKills += queue.inFlight + connections;
      await platform.kill();
      acknowledged.push(...(await Promise.all(senders)).flat());
    }
    expect(acknowledged.length).toBeGreaterThan(rounds * connections);

    const platform = await project.start(env);
    await platform.until('github', ({ queue }) => queue.waiting + queue.inFlight === 0, 120_000);
    const { queue } = await platform.source('github');
    await platform.stop();
    const effects = project.lines('effects');
    const handled = new Set(effects);
    const lost = acknowledged.filter((id) => !handled.has(id));
    expect({ lost, queue }).toEqual({ lost: [], queue: { waiting: 0, inFlight: 0, deadLettered: 0 } });
    // A crash between the handler's effect and its record runs it again: at most once for each that was in flight.
    const duplicates = effects.length - handled.size;
    console.log(`${acknowledged.length} acknowledged over ${rounds} kills, 0 lost, ${duplicates} handled twice`);
    expect(duplicates).toBeLessThanOrEqual(inFlightAtKills);
  },
);
