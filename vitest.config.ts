import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// As src/cli/hookport.js has it: threads and processes that tests start keep what Node stripped and compiled for them.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/hookport', import.meta.url));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By default one worker fewer than there are cores: half the speed on two. Many tests wait for other processes.
    maxWorkers: '100%',
    // Files share a worker's modules: loaded anew for each file, the CDK, the SDKs and the providers cost a quarter of the run.
    // So nobody uses `vi.mock`, and each file must leave the process as it was.
    isolate: false,
    setupFiles: ['test/leave-nothing.ts'],
    // Tests start servers and threads; a hang is a failure that says where, not a stalled run.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
  },
});
