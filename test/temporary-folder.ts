import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * All temporary files of a run stand in one folder, which goes with it: the CDK leaves those of each app behind, and so does a
 * test that is ended in the middle.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
