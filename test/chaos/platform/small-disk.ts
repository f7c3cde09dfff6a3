import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../scenario.ts';

/** Mounts a tmpfs of so many MiB at `folder`, which is made, until the run ends. */
export function mountSmallDisk(run: Pick<Run, 'onEnd'>, folder: string, mebibytes: number): void {
  mkdirSync(folder, { recursive: true });
  mount(folder, mebibytes);
  run.onEnd(() => unmount(folder));
}

/** Why no small disk can be had here; undefined when one can. */
export function unableToMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-mount-'));
  try {
    mount(folder, 1);
    unmount(folder);
    return undefined;
  } catch {
    return 'no tmpfs can be mounted here: not root on Linux';
  } finally {
    rmdirSync(folder);
  }
}

function mount(folder: string, mebibytes: number): void {
  const options = `size=${mebibytes}m,mode=0700`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'hookport-test', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
}
