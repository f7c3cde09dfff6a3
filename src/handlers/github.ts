import { defineHandler, PermanentError } from 'hookport';

/**
 * Called with each verified delivery of the source `github`. Returning means handled; throwing means that it is tried
 * again, with growing delays. It may be called twice for one delivery, so let what it does bear that.
 */
export default defineHandler('github', (delivery, { log }) => {
  // GitHub's greeting when a webhook is created.
  if (delivery.is('ping')) {
    log.info('GitHub is connected', { zen: delivery.payload.zen });
    return;
  }

  // `is` also tells TypeScript what the payload holds.
  if (delivery.is('push')) {
    const { ref, commits, repository } = delivery.payload;
    if (!repository) throw new PermanentError('a push without a repository: trying again would not help');
    log.info('push', { repository: repository.full_name, ref, commits: commits.length });
  }
});
