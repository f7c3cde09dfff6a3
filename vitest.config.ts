import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// As src/cli/hookport.js has it: threads and processes that tests start keep what Node stripped and compiled for them.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/hookport', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'hookport', include: ['test/**/*.test.ts'], exclude: ['test/handlers/**'] } },
      // Those of whoever clones it, who may well use `vi.mock`: it reaches nothing that another file has loaded already.
      { extends: true, test: { name: 'handlers', include: ['test/handlers/**/*.test.ts'], isolate: true } },
    ],
    // Two more than the two cores of a small machine, which three leave idle for a third of the time: many tests wait for other
    // processes.
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // Files share a worker's modules: loaded anew for each file, the CDK, the SDKs and the providers cost a quarter of the run.
    // So nobody uses `vi.mock`, and each file must leave the process as it was.
    isolate: false,
    globalSetup: 'test/temporary-folder.ts',
    setupFiles: ['test/leave-nothing.ts'],
    // Tests start servers and threads; a hang is a failure that says where, not a stalled run.
    testTimeout: 40_000,
    hookTimeout: 40_000,
    restoreMocks: true,
  },
});
