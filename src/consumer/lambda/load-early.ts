/** Lambda gives a function ten seconds to start in; one that takes longer begins anew, within its first invocation. */
const longestMs = 8000;

/**
 * Has a handler loaded while its function starts: that time is none of an invocation's, whose timeout has to do for the secret and the
 * deliveries. A handler that needs longer goes on loading beside the first invocation, and one that failed is loaded anew with the
 * first delivery, as one that failed later is. Never rejects.
 */
export async function loadEarly(load: () => Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, longestMs);
  await Promise.race([load().catch(() => undefined), late.promise]);
  clearTimeout(timer);
}
