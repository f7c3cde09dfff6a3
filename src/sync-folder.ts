import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A file that was made or renamed is found after a loss of power only once its folder is on disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
