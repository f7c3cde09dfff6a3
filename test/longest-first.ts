import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest begins first, so that no core is idle at the end. Vitest's own order goes by the size of files where no
 * run has been before. What loads the CDK comes while the first two still run: it is loaded, which takes seconds, in the
 * other workers alone.
 */
const order = [
  'chaos/chaos',
  'cli/aws/deploy',
  'infra/validation',
  'infra/',
  'bench/',
  'examples/',
  'browser/',
  'cli/aws/',
  'cli/',
  'e2e/',
  'local/',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = order.findIndex((start) => moduleId.includes(`/test/${start}`));
      return found < 0 ? order.length : found;
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}
