import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { Option } from 'commander';
import { HookportError } from '../errors.ts';
import { holderOf } from '../local/data-folder.ts';
import { defaultConfig, projectRoot } from './project.ts';

const defaultDataFolder = path.join(projectRoot, '.hookport');

/** `--data`, which names the data folder. */
export function dataOption(description = 'data folder of the running platform'): Option {
  return new Option('--data <folder>', description).default(defaultDataFolder, '.hookport');
}

/**
 * What a command that we suggest must say besides, to mean the same project: `--config` and `--data` where they are not the
 * defaults, and `--aws`, where no data folder counts. It begins with a blank, unless it is empty.
 */
export function sameProject({ config, data, aws }: { config: string; data?: string; aws?: boolean }): string {
  const flags = [
    ...(path.resolve(config) === defaultConfig() ? [] : ['--config', shellWord(config)]),
    ...(aws || data === undefined || path.resolve(data) === defaultDataFolder ? [] : ['--data', shellWord(data)]),
    ...(aws ? ['--aws'] : []),
  ];
  return flags.map((flag) => ` ${flag}`).join('');
}

/** As a POSIX shell and fish take it. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where the running platform listens. */
export interface RunningPlatform {
  gateway: string;
  api: string;
}

/** @throws HookportError `not_running` */
export function findRunning(dataFolder: string): RunningPlatform {
  const holder = holderOf(dataFolder);
  const { gateway, inspector } = (holder !== 'unknown' && holder?.ports) || {};
  if (gateway === undefined || inspector === undefined)
    throw new HookportError(
      'not_running',
      holder === undefined
        ? `nothing runs on ${dataFolder}; start it with \`npm start\`, or name its folder with --data`
        : `${holder === 'unknown' ? 'a process' : `process ${holder.pid}`} holds ${dataFolder} and does not listen yet; try again in a moment`,
    );
  return { gateway: `http://127.0.0.1:${gateway}`, api: `http://127.0.0.1:${inspector}` };
}

/** Where the running platform listens; undefined where none runs. */
export function findIfRunning(dataFolder: string): RunningPlatform | undefined {
  try {
    return findRunning(dataFolder);
  } catch (error) {
    if (error instanceof HookportError && error.code === 'not_running') return undefined;
    throw error;
  }
}

/** The running gateway's address, or the one it would have. */
export function localBase(dataFolder = defaultDataFolder): string {
  return findIfRunning(dataFolder)?.gateway ?? 'http://127.0.0.1:8080';
}

/** Asks the running platform. @throws HookportError with what it answered */
export async function askPlatform<Answer>(api: string, target: string, body?: unknown): Promise<Answer> {
  return (await askForPage<Answer>(api, target, body)).answer;
}

export interface PlatformPage<Answer> {
  answer: Answer;
  /** What to ask for next, by the answer's header `Link`; undefined behind the last page. */
  next: string | undefined;
}

/** As {@link askPlatform}, of a list that comes in pages. */
export async function askForPage<Answer>(api: string, target: string, body?: unknown): Promise<PlatformPage<Answer>> {
  const { status, link, answer } = await exchange(`${api}${target}`, body).catch((error: unknown) => {
    throw new HookportError('not_running', `the platform at ${api} does not answer`, { cause: error });
  });
  if (status < 200 || status > 299) throw refused(status, answer);
  return { answer: answer as Answer, next: /^<([^>]*)>; rel="next"$/.exec(link)?.[1] };
}

/** What an answer of the platform that is not 2xx means to a command. */
export function refused(status: number, answer: unknown): HookportError {
  const { error } = answer as { error?: string };
  return new HookportError(status < 500 ? 'usage' : 'internal', error ?? `the platform answered ${status}`);
}

/** Not by fetch, which waits for 300 s at most: a redrive is one request, and may take longer. Rejects where no JSON comes. */
async function exchange(url: string, body: unknown): Promise<{ status: number; link: string; answer: unknown }> {
  const asked = request(
    url,
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } },
  );
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const answer: unknown = await json(response);
  return { status: response.statusCode ?? 0, link: String(response.headers['link'] ?? ''), answer };
}
