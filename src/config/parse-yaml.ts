import { type Document, isAlias, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import type { Finding, Issue } from './issue.ts';
import { createPlaces } from './places.ts';

/** Larger than any configuration that a stack could hold. */
export const maxBytes = 1024 * 1024;

/** YAML that was read: its plain value, and where each path stands in the file. */
export interface ParsedYaml {
  value: unknown;
  /** Turns findings into issues with line and column. */
  locate: (finding: Finding) => Issue;
}

/** Something at an offset of the text. */
interface Spot {
  offset: number;
  message: string;
}

/**
 * Reads one YAML document of plain maps, lists and scalars. Aliases are refused: nothing in a configuration of this size
 * needs them, and they are how small files grow without bound.
 */
export function parseYaml(file: string, text: string): { ok: true; yaml: ParsedYaml } | { ok: false; issues: Issue[] } {
  const counter = lineCounter(text);
  const issueAt = ({ offset, message }: Spot): Issue => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const refuse = (spots: readonly Spot[]) => ({ ok: false as const, issues: spots.map(issueAt) });
  if (Buffer.byteLength(text) > maxBytes) return refuse([{ offset: 0, message: tooLarge }]);
  try {
    const document = parseDocument(text, plainYaml);
    const spots = [...syntaxErrors(document), ...refusedNodes(document)];
    if (spots.length > 0) return refuse(spots);
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    const offsetOf = createPlaces(document);
    return {
      ok: true,
      yaml: { value, locate: (found) => issueAt({ offset: offsetOf(found), message: found.message }) },
    };
  } catch (error) {
    if (isStackOverflow(error)) return refuse([{ offset: 0, message: tooDeep }]);
    throw error;
  }
}

/** The parser would count only the lines that it reads: none that ends inside of what it skips as an error. */
function lineCounter(text: string): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) counter.addNewLine(end + 1);
  return counter;
}

const tooLarge = 'the file is larger than 1 MiB; a configuration is a few kilobytes';
const tooDeep = 'YAML: nested too deeply';

/** `uniqueKeys` is checked here in linear time; `logLevel` must not be `silent`, or a second document is dropped unsaid. */
const plainYaml = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

function syntaxErrors({ errors, warnings }: Document.Parsed): Spot[] {
  const deep = errors.find(isStackOverflow);
  if (deep) return [{ offset: deep.pos[0], message: tooDeep }];
  return [...errors, ...warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    message:
      code === 'MULTIPLE_DOCS'
        ? 'YAML: a second document begins here; a configuration is one'
        : `${sentence(message)}${adviceFor(message)}`,
  }));
}

const lostColon = '; look for a key without its colon, and for a line that is indented too far';

/** What to do about what the library says in words that only those understand who know how YAML is read. */
function adviceFor(message: string): string {
  if (message.startsWith('Tabs are not allowed as indentation')) return '; indent with spaces';
  if (message.startsWith('All mapping items must start at the same column'))
    return '; compare the indentation with the lines above';
  return /^(Implicit |Nested mappings are not allowed in compact mappings)/.test(message) ? lostColon : '';
}

function refusedNodes(document: Document.Parsed): Spot[] {
  const spots: Spot[] = [];
  visit(document, {
    Alias: (_key, { range }) => {
      spots.push({ offset: range?.[0] ?? 0, message: 'aliases (*name) are not supported; write the value out' });
    },
    Map: (_key, map) => {
      spots.push(...refusedKeys(map));
    },
  });
  return spots;
}

function refusedKeys(map: YAMLMap): Spot[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    // Reported as an alias already.
    if (isAlias(key)) return [];
    const name: unknown = isScalar(key) ? key.value : undefined;
    const message = refusedKey(name, seen);
    return message === undefined ? [] : [{ offset: isNode(key) ? (key.range?.[0] ?? 0) : 0, message }];
  });
}

function refusedKey(name: unknown, seen: Set<string>): string | undefined {
  if (typeof name !== 'string') return 'keys must be text; put quotes around this one';
  if (name === '__proto__') return '"__proto__" is not a usable key';
  if (seen.has(name)) return `the key "${name}" stands here twice`;
  seen.add(name);
  return undefined;
}

/** The YAML library recurses; it catches some overflows itself and reports them as errors of the text. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && /call stack|stack overflow/i.test(error.message);
}

function sentence(message: string): string {
  const line = message.split('\n')[0] ?? message;
  return `YAML: ${line.charAt(0).toLowerCase()}${line.slice(1)}`.replace(/\.$/, '');
}
