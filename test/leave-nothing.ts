import { deepStrictEqual } from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, vi } from 'vitest';

/** Every file shares its worker's process with others, so each must leave it as it found it. Values are not told: secrets are among them. */
let before: { variables: NodeJS.ProcessEnv; folder: string };
beforeAll(() => {
  before = { variables: { ...process.env }, folder: process.cwd() };
});

// Registered before any hook of the file's own, so it runs after all of them.
afterAll(async () => {
  const names = Object.keys({ ...before.variables, ...process.env });
  const variables = names.filter((name) => process.env[name] !== before.variables[name] && !ofPowertools(name));
  const left = { variables, folder: process.cwd(), servers: await servers() };
  deepStrictEqual(left, { variables: [], folder: before.folder, servers: 0 });
  deepStrictEqual([vi.isFakeTimers(), process.exitCode], [false, undefined]);
});

/** How many listen: one that is left keeps its timers, which another file's fake ones would then run. */
async function servers(): Promise<number> {
  // What was closed goes at the end of a turn.
  await nextTurn();
  await nextTurn();
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
}

/** Powertools names itself to the AWS SDK when it is loaded. */
function ofPowertools(name: string): boolean {
  return name === 'AWS_SDK_UA_APP_ID';
}
