import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type Platform, startPlatform } from '../../src/local/platform.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { listDeliveries } from './list-deliveries.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Shorter than a test may take, so that what did not come is told; on a busy machine a handler's packages alone take ten seconds to load. */
const patienceMs = 30_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A data folder, and platforms on it whose clock may stand elsewhere. */
export class TestMachine {
  readonly dataFolder = mkdtempSync(path.join(tmpdir(), 'hookport-machine-'));
  private readonly yaml: string;
  private readonly root: string;

  /** @param projectRoot Where handlers and `.env` are. @default this project */
  constructor(sources: string, projectRoot = root) {
    this.yaml = `name: test
sources:
${sources}`;
    this.root = projectRoot;
  }

  /** One whose whole configuration is given. */
  static of(yaml: string): TestMachine {
    return Object.assign(new TestMachine(''), { yaml });
  }

  async start(clockOffsetMs = 0, inspectorPort = 0): Promise<RunningMachine> {
    const loaded = parseConfig('w.yaml', this.yaml, { catalogue, root: this.root });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    const platform = await startPlatform({
      plan: makePlan(loaded.config, catalogue),
      root: this.root,
      dataFolder: this.dataFolder,
      ports: { gateway: 0, inspector: inspectorPort, sqs: 0 },
      catalogueUrl: new URL('../../providers/index.ts', import.meta.url).href,
      loadGuide,
      log: quiet,
      onFailure: (error) => {
        throw error;
      },
      clockOffsetMs,
    });
    return new RunningMachine(platform);
  }

  remove(): void {
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

export interface DeliveryState {
  requestId: string;
  outcome: string;
  reason: string | null;
  attempt: number;
  deadLettered: boolean;
}

export class RunningMachine {
  readonly gateway: string;
  readonly api: string;
  readonly sqs: string;
  private readonly platform: Platform;

  constructor(platform: Platform) {
    this.platform = platform;
    this.gateway = `http://127.0.0.1:${platform.ports.gateway}`;
    this.sqs = `http://127.0.0.1:${platform.ports.sqs}`;
    this.api = `http://127.0.0.1:${platform.ports.inspector}/api`;
  }

  deliveries(source: string): Promise<DeliveryState[]> {
    return listDeliveries(this.api, `source=${source}`);
  }

  /** Waits until the deliveries of a source are as wanted. */
  async until(source: string, wanted: (deliveries: DeliveryState[]) => boolean): Promise<DeliveryState[]> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const deliveries = await this.deliveries(source);
      if (wanted(deliveries)) return deliveries;
      if (performance.now() > end)
        throw new Error(`still ${deliveries.length}: ${deliveries.slice(0, 5).map(told).join('; ')}`);
      await sleep(20);
    }
  }

  /** Waits until so many dead letters of a source rest. */
  async untilResting(source: string, number: number): Promise<void> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const sources = (await (await fetch(`${this.api}/sources`)).json()) as {
        id: string;
        queue: { deadLettered: number };
      }[];
      const resting = sources.find(({ id }) => id === source)?.queue.deadLettered;
      if (resting === number) return;
      if (performance.now() > end) throw new Error(`still ${resting}`);
      await sleep(20);
    }
  }

  redrive(body: object): Promise<unknown> {
    return this.post('redrive', body);
  }

  purge(body: object): Promise<unknown> {
    return this.post('dead-letters/purge', body);
  }

  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }
}

const told = ({ outcome, reason }: DeliveryState) => `${outcome} ${reason}`;
