import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningMachine, TestMachine } from '../local/platform-harness.ts';

const api = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);

/** The secret that the provider signs with. */
export const providerSecret = 'the secret that GitHub signs with';

/** A project of its own, with a `.env` that tests may change, and the platform that runs it. */
export class InspectorProject {
  readonly root = mkdtempSync(join(tmpdir(), 'hookport-project-'));
  private readonly machine: TestMachine;
  private running: RunningMachine | undefined;

  constructor() {
    mkdirSync(join(this.root, 'handlers'));
    const handler = `import { defineHandler } from ${api};\nexport default defineHandler(async () => {});\n`;
    writeFileSync(join(this.root, 'handlers', 'fine.ts'), handler);
    const source = (id: string, provider: string) => `  ${id}: { provider: ${provider}, handler: handlers/fine.ts }\n`;
    const sources = `${source('github', 'github')}${source('payments', 'paddle')}  zendesk: { provider: zendesk }\n`;
    this.setSecret(providerSecret);
    this.machine = new TestMachine(sources, this.root);
  }

  /** GitHub's, in `.env`. */
  setSecret(secret: string): void {
    writeFileSync(join(this.root, '.env'), `GITHUB_WEBHOOK_SECRET="${secret}"\n`);
  }

  /** @param port Of the inspector. @default any */
  async start(port = 0): Promise<RunningMachine> {
    return (this.running = await this.machine.start(0, port));
  }

  async close(): Promise<void> {
    await this.running?.stop();
    this.machine.remove();
    rmSync(this.root, { recursive: true });
  }
}
