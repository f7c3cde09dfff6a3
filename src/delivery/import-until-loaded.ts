/**
 * Imports a module, anew after it failed. Node keeps that a module's top level failed, as where a database did not answer, and says
 * so again to whoever imports it; under another address it runs once more, though what it imports does not. A new one each second at
 * most, since each stays in memory.
 *
 * @param url without a query
 */
export function importUntilLoaded(url: string): () => Promise<unknown> {
  let hasFailed = false;
  return async () => {
    try {
      return await import(hasFailed ? `${url}?${Math.trunc(performance.now() / 1000)}` : url);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
}
