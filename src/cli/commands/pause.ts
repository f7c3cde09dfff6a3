import type { Command } from 'commander';
import { formatDuration } from '../../config/units.ts';
import { HookportError } from '../../errors.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { openPausedSources } from '../../local/paused-sources.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { type ConfigOption, findSource, loadProject, withConfig } from '../project.ts';
import { askPlatform, dataOption, findIfRunning, sameProject } from '../running.ts';
import { printJson } from '../table.ts';

interface Options extends ConfigOption {
  data: string;
  aws?: true;
  json?: true;
}

/** `pause` and `resume`. */
export function addPause(program: Command): void {
  const descriptions = {
    pause: 'accept a source’s deliveries and hand over none of them, until resume; also after a restart',
    resume: 'hand over what waits in a paused source’s queue, and what comes',
  };
  for (const name of ['pause', 'resume'] as const)
    withConfig(program.command(name))
      .description(descriptions[name])
      .argument('<source>', 'its id in the configuration')
      .addOption(dataOption('data folder of this machine’s platform; it need not run'))
      .option('--aws', 'on AWS: disable or enable the event source mapping of its function')
      .option('--json', 'print JSON')
      .action(async (id: string, options: Options) => {
        const source = findSource((await loadProject(options)).plan, id);
        if (!source.consumer)
          throw new HookportError('usage', `you consume the queue of "${id}" yourself, so there is nothing to ${name}`);
        const paused = name === 'pause';
        const isHeeded = await (options.aws ? setThere(source, paused) : setHere(source, paused, options));
        if (options.json) printJson({ source: id, paused });
        else console.log((paused ? describePause : describeResume)(source, options, isHeeded));
      });
}

/** @returns whether something runs that heeds it now */
async function setHere({ id }: SourcePlan, paused: boolean, { data }: Options): Promise<boolean> {
  const running = findIfRunning(data);
  if (running) {
    await askPlatform(running.api, `/api/sources/${encodeURIComponent(id)}/${paused ? 'pause' : 'resume'}`, {});
    return true;
  }
  const folder = openDataFolder(data);
  try {
    const sources = openPausedSources(folder.path);
    if (paused) sources.pause(id, Date.now());
    else sources.resume(id);
  } finally {
    folder.close();
  }
  return false;
}

async function setThere(source: SourcePlan, paused: boolean): Promise<boolean> {
  if (source.consumer?.worker)
    throw new HookportError(
      'usage',
      `"${source.id}" has a worker and no function: stop its containers in ECS (0 tasks at least and at most), and set them back after`,
    );
  const { setMapping } = await import('../aws/mapping.ts');
  await setMapping(source.queue.name, paused ? 'disabled' : 'enabled');
  return true;
}

function describePause({ id, queue }: SourcePlan, options: Options, isHeeded: boolean): string {
  return [
    `${id} is paused: its deliveries are accepted and wait, for ${formatDuration(queue.retentionSeconds)} at most.`,
    `${isHeeded ? 'What is in hand is finished.' : `But nothing runs on ${options.data} now: it holds from the next start there.`} To go on: hookport resume ${id}${sameProject(options)}`,
  ].join('\n');
}

function describeResume({ id }: SourcePlan, { data }: Options, isHeeded: boolean): string {
  if (isHeeded) return `${id} is handed over again.`;
  return `${id} is paused no more; nothing runs on ${data} now, so it is handed over after the next start there.`;
}
