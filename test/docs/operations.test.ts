import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { failureReasons, otherRejections } from '../../src/delivery/outcome.ts';
import { errorCodes } from '../../src/errors.ts';
import { rejectionReasons } from '../../src/signature/types.ts';
import { modulesIn } from '../imports.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The text of a part of the page. */
function part(heading: string): string {
  const start = page.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`no part "${heading}"`);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

/** Names in code that stand in a sentence of sections: those that begin a section's first paragraph. */
const named = (text: string) => [...text.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, name]) => name);

/** Alarms by the ids that the constructs give them. */
function alarmsOfTemplate(): string[] {
  const texts = ['source-alarms', 'endpoint-alarms'].map((name) =>
    readFileSync(new URL(`../../infra/constructs/${name}.ts`, import.meta.url), 'utf8'),
  );
  return texts.flatMap((text) => [...text.matchAll(/\balarm\(\s*'(\w+)'/g)].map(([, name = '']) => name.toLowerCase()));
}

/** What a module hands to a log: at most after a choice of the level, and never put together. */
function messagesIn(code: string): string[] {
  const calls = code.matchAll(/\b(?:log|own)(?:\.(?:info|warn|error)|\[[^\]]+\])\(\s*(?:'([^']+)'|(`))/g);
  const lines = code.matchAll(/\blevel: '\w+',\s*message: '([^']+)'/g);
  return [...calls, ...lines].map(([text, message]) => message ?? `not a plain text: ${text}`);
}

describe('docs/operations.md', () => {
  it('has a section for every alarm, and for none that is not there', () => {
    const sections = [...page.matchAll(/^### Alarm `(\w+)`$/gm)].map(([, name = '']) => name);
    expect(sections.toSorted()).toEqual(alarmsOfTemplate().toSorted());
    expect(sections).toHaveLength(8);
  });

  it('tells what to do about every reason for which a delivery is rejected', () => {
    const reasons = Object.keys({ ...rejectionReasons, ...otherRejections });
    expect(named(part('Why a delivery was rejected'))).toEqual(expect.arrayContaining(reasons));
  });

  it('tells what to do about every reason for which an attempt fails', () => {
    expect(named(part('Why an attempt failed'))).toEqual(expect.arrayContaining(Object.keys(failureReasons)));
  });

  it('tells what to do about every code of an error', () => {
    expect(named(part('When a command or the start fails'))).toEqual(expect.arrayContaining(Object.keys(errorCodes)));
  });

  it('tells what to do about every line that the log may have, and about none that it has not', () => {
    const table = part('The log').split('### What the lines mean')[1] ?? '';
    const told = [...table.matchAll(/^\| (.+) \| .+ \|$/gm)].flatMap(([, line = '']) =>
      [...line.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
    );
    const said = modulesIn('src')
      .filter((file) => !file.startsWith('src/handlers/') && file !== 'src/cli/setup/handler-stub.ts')
      .flatMap((file) => messagesIn(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')));
    expect(said.length).toBeGreaterThan(25);
    expect(told.toSorted()).toEqual([...new Set(said)].toSorted());
  });

  it('leads nowhere within itself that is not there', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  it('names no metric in its rules that is not in its table', () => {
    const rules = readFileSync(new URL('../../docs/prometheus-alerts.yaml', import.meta.url), 'utf8');
    const { groups } = parse(rules) as { groups: { rules: { expr: string }[] }[] };
    const names = groups.flatMap((group) => group.rules.flatMap(({ expr }) => expr.match(/hookport_\w+/g) ?? []));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(page).toContain(name.replace(/_bucket$/, ''));
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  const skipped = promtool ? '' : ' (skipped: there is no promtool, of Debian’s package prometheus)';
  it.skipIf(!promtool)(`has rules that promtool takes${skipped}`, () => {
    const { status, stdout } = spawnSync('promtool', ['check', 'rules', 'docs/prometheus-alerts.yaml'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('SUCCESS') });
  });
});
