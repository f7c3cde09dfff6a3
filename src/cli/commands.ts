import type { Command } from 'commander';

type Add = (program: Command) => void;

/** What adds each command, in the order of the overview. Loaded when asked for: some bring a lot along. */
const loaders: Readonly<Record<string, () => Promise<Add>>> = {
  init: async () => (await import('./commands/init.ts')).addInit,
  add: async () => (await import('./commands/add.ts')).addAdd,
  start: async () => (await import('./commands/start.ts')).addStart,
  send: async () => (await import('./commands/send.ts')).addSend,
  status: async () => (await import('./commands/status.ts')).addStatus,
  tail: async () => (await import('./commands/tail.ts')).addTail,
  logs: async () => (await import('./commands/logs.ts')).addLogs,
  dlq: async () => (await import('./commands/dlq.ts')).addDlq,
  pause: async () => (await import('./commands/pause.ts')).addPause,
  resume: async () => (await import('./commands/pause.ts')).addPause,
  redrive: async () => (await import('./commands/redrive.ts')).addRedrive,
  replay: async () => (await import('./commands/replay.ts')).addReplay,
  validate: async () => (await import('./commands/validate.ts')).addValidate,
  plan: async () => (await import('./commands/plan.ts')).addPlan,
  urls: async () => (await import('./commands/urls.ts')).addUrls,
  providers: async () => (await import('./commands/providers.ts')).addProviders,
  worker: async () => (await import('./commands/worker.ts')).addWorker,
  deploy: async () => (await import('./commands/deploy.ts')).addDeploy,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  diff: async () => (await import('./commands/cdk.ts')).addCdkCommands,
  synth: async () => (await import('./commands/cdk.ts')).addCdkCommands,
  destroy: async () => (await import('./commands/cdk.ts')).addCdkCommands,
  secret: async () => (await import('./commands/secret.ts')).addSecret,
};

/** Looks at every other command, so it comes behind them and is never loaded alone. */
const loadCompletion = async () => (await import('./commands/completion.ts')).addCompletion;

/** Adds the command that the arguments name; all of them, for the overview, when they name none. */
export async function addCommands(program: Command, args: readonly string[]): Promise<void> {
  const wanted = args[0] === 'help' ? args[1] : args[0];
  const load = wanted !== undefined && Object.hasOwn(loaders, wanted) ? loaders[wanted] : undefined;
  const adds = await Promise.all(load ? [load()] : [...Object.values(loaders), loadCompletion].map((each) => each()));
  for (const add of new Set(adds)) add(program);
}
