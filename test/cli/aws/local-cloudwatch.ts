import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Points = readonly (readonly [epochMs: number, value: number])[];

/**
 * GetMetricData in the AWS JSON protocol, with the same points for every query whose id ends alike: one of each a page,
 * where CloudWatch gives 100,800 of all together.
 */
export async function startCloudWatch(points: Readonly<Record<string, Points>>) {
  const state = { refuses: false };
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await json(request);
      const { MetricDataQueries, NextToken = '0' } = body as {
        MetricDataQueries: { Id: string }[];
        NextToken?: string;
      };
      const page = Number(NextToken);
      let isLast = true;
      const results = MetricDataQueries.map(({ Id }) => {
        const all = points[Id.replace(/^s\d+_/, '')] ?? [];
        const found = all.slice(page, page + 1);
        isLast &&= all.length <= page + 1;
        return {
          Id,
          StatusCode: all.length <= page + 1 ? 'Complete' : 'PartialData',
          Timestamps: found.map(([at]) => at / 1000),
          Values: found.map(([, value]) => value),
        };
      });
      response
        .writeHead(state.refuses ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(
          JSON.stringify(
            state.refuses
              ? { __type: 'com.amazonaws.cloudwatch#AccessDeniedException', message: 'no' }
              : { MetricDataResults: results, NextToken: isLast ? undefined : String(page + 1) },
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
