import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { vi } from 'vitest';

/**
 * What `run` brings to the disk with `fsyncSync`, and where it renames, in this order; paths as below `folder`. On Linux
 * alone: where a descriptor leads stands in /proc.
 */
export function recordSyncs(folder: string, run: () => void): string[] {
  const calls: string[] = [];
  const { fsyncSync, renameSync } = fs;
  vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    calls.push(`sync ${fs.readlinkSync(`/proc/self/fd/${descriptor}`).slice(folder.length)}`);
    fsyncSync(descriptor);
  });
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    calls.push('rename');
    renameSync(from, to);
  });
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  }
  return calls;
}
