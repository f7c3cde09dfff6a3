import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { ProjectCopy } from '../cli/project-copy.ts';

const copy = new ProjectCopy();
let child: ChildProcess | undefined;
afterAll(async () => {
  const ended = child && once(child, 'exit');
  child?.kill();
  await ended;
  copy.remove();
});

test('while an upgrade installs packages, a platform that runs goes on to check tokens', async () => {
  const [config, data] = ['w.yaml', 'data'].map((name) => path.join(copy.folder, name)) as [string, string];
  const jwt = '{ issuer: "https://issuer.example.com/", audience: [api] }';
  writeFileSync(config, `name: up\nsources:\n  logs: { provider: json, authorize: { jwt: ${jwt} } }\n`);
  const ports = ['--port', '0', '--inspector-port', '0', '--sqs-port', '0'];
  child = spawn(process.execPath, ['src/cli/hookport.js', 'start', '--config', config, '--data', data, ...ports], {
    cwd: copy.folder,
    stdio: 'ignore',
  });
  const gateway = await vi.waitFor(
    () => {
      const holder = JSON.parse(readFileSync(path.join(data, 'holder.json'), 'utf8')) as {
        ports: { gateway?: number };
      };
      expect(holder.ports.gateway).toBeDefined();
      return holder.ports.gateway;
    },
    { timeout: 50_000, interval: 20 },
  );
  // As `npm ci` does at first.
  rmSync(path.join(copy.folder, 'node_modules'));
  const { status } = await fetch(`http://127.0.0.1:${gateway}/logs`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: 'Bearer a.b.c' },
  });
  expect(status).toBe(401);
}, 60_000);
