import type { Scenario } from '../scenario.ts';
import { clockJump } from './clock-jump.ts';
import { diskFull } from './disk-full.ts';
import { httpFlood } from './http-flood.ts';
import { httpFuzz } from './http-fuzz.ts';
import { killAccept } from './kill-accept.ts';
import { killBatch } from './kill-batch.ts';
import { killForward } from './kill-forward.ts';
import { killHandler } from './kill-handler.ts';
import { killRecovery } from './kill-recovery.ts';
import { killRedrive } from './kill-redrive.ts';
import { killRejection } from './kill-rejection.ts';
import { lambdaFaults } from './lambda-faults.ts';
import { loadBurst } from './load-burst.ts';
import { loadFlood } from './load-flood.ts';
import { loadSteady } from './load-steady.ts';
import { powerLoss } from './power-loss.ts';
import { rotateSecret } from './rotate-secret.ts';
import { stopProcess } from './stop-process.ts';
import { stopWorker } from './stop-worker.ts';

export const scenarios: readonly Scenario[] = [
  killAccept,
  killHandler,
  killBatch,
  killRejection,
  killRedrive,
  killRecovery,
  killForward,
  powerLoss,
  clockJump,
  stopProcess,
  stopWorker,
  diskFull,
  httpFuzz,
  httpFlood,
  lambdaFaults,
  rotateSecret,
  loadSteady,
  loadBurst,
  loadFlood,
];
