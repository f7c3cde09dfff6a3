/**
 * The deliveries that the inspector's API lists, of a page that is whole: on a busy machine a search may take long, breaks
 * off, and has to be asked to go on.
 *
 * @param api Such as `http://127.0.0.1:8081/api`.
 * @param query Such as `source=github`.
 */
export async function listDeliveries<Delivery>(api: string, query: string): Promise<Delivery[]> {
  const found: Delivery[] = [];
  for (let url: string | undefined = `${api}/deliveries?${query}`; url !== undefined;) {
    const response: Response = await fetch(url);
    found.push(...((await response.json()) as Delivery[]));
    const [, next] = /<(.*)>/.exec(response.headers.get('link') ?? '') ?? [];
    const brokeOff = response.headers.has('hookport-searched-back-to');
    url = brokeOff && next !== undefined ? new URL(next, api).href : undefined;
  }
  return found;
}
