// Prints "N passed, N failed" from vitest's JSON report; plain JavaScript, since it also runs when nothing is installed.
import { readFileSync } from 'node:fs';

const [, , file, broken] = process.argv;
let passed = 0;
let failed = Number(broken);
try {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed = report.numPassedTests;
  failed += report.numFailedTests;
  // A file that cannot even be loaded, or an error outside of a test, has no failed test to count.
  if (!report.success && report.numFailedTests === 0) failed += 1;
} catch {
  failed += broken === '0' ? 1 : 0;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
