/** What a deployed URL answered. */
export interface SmokeResult {
  source: string;
  url: string;
  ok: boolean;
  /** What it says of the deploy. */
  meaning: string;
}

/**
 * Posts an empty body to each URL: it goes the whole way to SQS, which refuses it, so that nothing comes into a queue.
 * A URL whose name does not resolve yet is tried again for a minute.
 *
 * @param options.authorized Sources whose route must ask for a token; the probe has none.
 */
export async function smokeTest(
  urls: ReadonlyMap<string, string>,
  {
    authorized = new Set(),
    attempts = 12,
    pauseMs = 5000,
  }: { authorized?: ReadonlySet<string>; attempts?: number; pauseMs?: number } = {},
): Promise<SmokeResult[]> {
  return Promise.all(
    [...urls].map(async ([source, url]): Promise<SmokeResult> => {
      for (let attempt = 1; ; attempt++) {
        const { ok, meaning } = await probe(url, authorized.has(source));
        if (ok || attempt >= attempts) return { source, url, ok, meaning };
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }),
  );
}

async function probe(url: string, authorized: boolean): Promise<{ ok: boolean; meaning: string }> {
  let status: number;
  try {
    ({ status } = await fetch(url, { method: 'POST', body: '', signal: AbortSignal.timeout(10_000) }));
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { ok: false, meaning: `no answer: ${cause}` };
  }
  if (!authorized)
    return { ok: status === 400, meaning: meanings[status] ?? `answered ${status}, where 400 was expected` };
  if (status === 401) return { ok: true, meaning: 'asks for a token, as it should' };
  if (status === 400) return { ok: false, meaning: 'lets in what has no token' };
  return { ok: false, meaning: meanings[status] ?? `answered ${status}, where 401 was expected` };
}

const meanings: Readonly<Record<number, string>> = {
  400: 'reaches its queue (SQS refused the empty probe, as it should)',
  401: 'answered 401: the route asks for a token',
  403: 'answered 403: the API may not send to the queue, or its own URL is switched off (domain.exclusive)',
  404: 'answered 404: there is no such route',
  500: 'answered 500: look at integrationErrorMessage in the access log',
  503: 'answered 503: look at integrationErrorMessage in the access log',
};
