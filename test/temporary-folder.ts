import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepCompiledCode } from './compiled-code.ts';

let folder = '';

/**
 * All temporary files of a run stand in one folder, which goes with it: the CDK leaves those of each app behind, and so does a
 * test that is ended in the middle.
 */
export async function setup(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'hookport-tests-'));
  // A database runs under an account of its own, which must come through here.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  await keepCompiledCode();
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
