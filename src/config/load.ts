import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/provider.ts';
import { extendCatalogue } from '../catalogue/registry.ts';
import type { Config, OwnProvider } from './config.ts';
import type { Issue } from './issue.ts';
import { normalise } from './normalise.ts';
import { maxBytes, parseYaml } from './parse-yaml.ts';
import { prune } from './prune.ts';
import { rules } from './rules/index.ts';
import { withoutSecrets } from './rules/secret-values.ts';
import type { RawConfig } from './schema.ts';
import { schemaFindings } from './schema-findings.ts';

export type LoadedConfig =
  | { ok: true; config: Config }
  | {
      ok: false;
      issues: readonly Issue[];
      /** Those without a mistake of their own, for whoever looks at providers alone. */
      providers: readonly OwnProvider[];
    };

export interface ConfigContext {
  /** The providers that a configuration need not declare. */
  catalogue: Catalogue;
  /** Absolute path of the project, where package.json is; handlers are relative to it. */
  root: string;
}

/** Reads a configuration file. A file that cannot be read is an issue like any other. */
export async function loadConfig(file: string, context: ConfigContext & { shownAs?: string }): Promise<LoadedConfig> {
  const shownAs = context.shownAs ?? file;
  const refuse = (message: string): LoadedConfig => ({
    ok: false,
    issues: [{ file: shownAs, line: 1, column: 1, message }],
    providers: [],
  });
  let bytes: Buffer;
  try {
    bytes = await readStart(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refuse(
      code === 'ENOENT'
        ? 'the file does not exist; `hookport init` writes one, --config names another'
        : `the file cannot be read (${code})`,
    );
  }
  if (bytes.length <= maxBytes && !isUtf8(bytes))
    return refuse('the file is not UTF-8, but UTF-16 or an older encoding; save it as UTF-8');
  return parseConfig(shownAs, new TextDecoder().decode(bytes), context);
}

/** The file's bytes, or one more of them than is allowed: a path may lead to something without an end. */
async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    await handle.close();
  }
}

/**
 * Turns YAML text into a configuration, or into everything that is wrong with it, sorted by place. Never throws, whatever
 * the text holds.
 */
export function parseConfig(file: string, text: string, context: ConfigContext): LoadedConfig {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return { ok: false, issues: sorted(parsed.issues), providers: [] };
  const { value, locate } = parsed.yaml;
  const mistakes = schemaFindings(value);
  const raw = mistakes.length === 0 ? (value as RawConfig) : prune(value, mistakes);
  const config = raw && normalise(raw, context.root);
  const findings =
    raw && config ? rules.flatMap((rule) => rule({ raw, config, mistakes, ...catalogues(config, context) })) : [];
  const found = [...mistakes, ...findings];
  if (config && found.length === 0) return { ok: true, config };
  const sound = ({ definition: { id } }: OwnProvider) =>
    !found.some(({ path: [of, key] }) => of === 'providers' && key === id);
  return { ok: false, issues: sorted(found.map(locate)), providers: config?.providers.filter(sound) ?? [] };
}

function catalogues({ providers }: Config, { catalogue, root }: ConfigContext) {
  const own = providers.map(({ definition }) => definition);
  return { root, builtIn: catalogue, catalogue: extendCatalogue(catalogue, own) };
}

/** By place, each once: a mistake in `defaults` is found for every source. */
function sorted(found: readonly Issue[]): Issue[] {
  const issues = found.map((issue) => Object.assign(issue, { message: withoutSecrets(issue.message) }));
  const byText = new Map(issues.map((issue) => [`${issue.line}:${issue.column}:${issue.message}`, issue]));
  return [...byText.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}
