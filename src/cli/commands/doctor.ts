import type { Command } from 'commander';
import { HookportError } from '../../errors.ts';
import { type DoctorRoute, makeDoctorPlan } from '../../plan/doctor.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Finding } from '../doctor/probe.ts';
import { escapeControls } from '../../terminal-text.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { printJson, table } from '../table.ts';

interface Options extends ConfigOption {
  url?: string;
  json?: true;
}

export function addDoctor(program: Command): void {
  withConfig(program.command('doctor'))
    .description('find out what this AWS account does where the documentation is silent; after deploy --doctor')
    .option('--url <base>', 'where the doctor’s routes are served, instead of what the stack says')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nSends probes through the public URL to a queue of their own and compares what arrives with what is assumed.\nEnds with 1 where a difference would lose or corrupt deliveries. AWS is asked with the credentials of the environment.',
    )
    .action(async (options: Options) => {
      const { plan } = await loadProject(options);
      const urls = options.url === undefined ? await urlsOfStack(plan) : urlsAt(options.url, plan);
      const { probeThere } = await import('../aws/doctor-aws.ts');
      const findings = await probeThere(urls, makeDoctorPlan(plan.name).queue.name);
      if (options.json) printJson(findings);
      else print(findings);
      if (findings.some(({ harmful }) => harmful)) process.exitCode = 1;
    });
}

function urlsAt(base: string, plan: Plan): Record<DoctorRoute, string> {
  if (!URL.canParse(base)) throw new HookportError('usage', `--url ${base} is not a URL`);
  const { plain, authorization, sns, query } = makeDoctorPlan(plan.name).routes;
  const at = ({ path }: { path: string }) => `${base.replace(/\/$/, '')}${path}`;
  return { plain: at(plain), authorization: at(authorization), sns: at(sns), query: at(query) };
}

async function urlsOfStack({ name }: Plan): Promise<Record<DoctorRoute, string>> {
  const { readDeployedStack } = await import('../aws/deployed-stack.ts');
  const output = (await readDeployedStack(name))?.outputs.get('HookportDoctor');
  if (output === undefined)
    throw new HookportError('usage', `the stack ${name} has nothing to probe; first: hookport deploy --doctor`);
  const { urls } = JSON.parse(output) as { urls: Record<DoctorRoute, string> };
  if (Object.keys(makeDoctorPlan(name).routes).every((route) => Object.hasOwn(urls, route))) return urls;
  throw new HookportError('usage', `an older version deployed the doctor of ${name}; again: hookport deploy --doctor`);
}

function print(findings: readonly Finding[]): void {
  const rows = findings.map(({ question, assumed, does, differs, harmful }) => [
    harmful ? 'LOSES' : differs ? 'differs' : 'same',
    question,
    assumed,
    escapeControls(does),
  ]);
  console.log(table([['', 'WHAT', 'ASSUMED', 'THIS ACCOUNT'], ...rows]));
  const lost = findings.filter(({ harmful }) => harmful).length;
  console.log(
    lost > 0
      ? `\n${lost} would lose or corrupt deliveries of providers that send such requests.`
      : '\nNothing here loses or corrupts a delivery. The next deploy without --doctor takes the routes and the queue away.',
  );
}
