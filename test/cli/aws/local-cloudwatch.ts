import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Points = readonly (readonly [epochMs: number, value: number])[];

/** GetMetricData in the AWS JSON protocol, with the same points for every query whose id ends alike. */
export async function startCloudWatch(points: Readonly<Record<string, Points>>) {
  const state = { refuses: false };
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await json(request);
      const { MetricDataQueries } = body as { MetricDataQueries: { Id: string }[] };
      const results = MetricDataQueries.map(({ Id }) => {
        const found = points[Id.replace(/^s\d+_/, '')] ?? [];
        return { Id, Timestamps: found.map(([at]) => at / 1000), Values: found.map(([, value]) => value) };
      });
      response
        .writeHead(state.refuses ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(
          JSON.stringify(
            state.refuses
              ? { __type: 'com.amazonaws.cloudwatch#AccessDeniedException', message: 'no' }
              : { MetricDataResults: results },
          ),
        );
    };
    void answer();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    state,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}
