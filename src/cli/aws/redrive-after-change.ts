import type { RedriveReport } from '../../consumer/redrive.ts';
import { oldestRejectionMs } from '../../delivery/authenticate.ts';
import { redriveOnAws, type RedriveOnAwsOptions } from './redrive-aws.ts';

/** For a rejection that is under way, and for Secrets Manager, which may give the version before for a moment. */
const slackSeconds = 15;

/** So long after the change of a secret a function may reject by what it read before. */
export const rejectsByOldSeconds = oldestRejectionMs / 1000 + slackSeconds;

/**
 * Redrives after the secret of a source changed: at once, and once more when nothing can be rejected by the secret of before any
 * longer. What had arrived before the change may be until then, while it waits for its next attempt.
 *
 * @param options.wait for so many seconds
 * @param options.tell told of both, in turn
 * @throws HookportError
 */
export async function redriveAfterChange(
  options: RedriveOnAwsOptions & {
    wait: (seconds: number) => Promise<void>;
    tell: (report: RedriveReport) => void;
  },
): Promise<void> {
  const { wait, tell, ...redrive } = options;
  tell(await redriveOnAws(redrive));
  await wait(rejectsByOldSeconds);
  tell(await redriveOnAws(redrive));
}
