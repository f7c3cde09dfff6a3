import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Query {
  Id: string;
  MetricStat: { Metric: { Dimensions: { Name: string; Value: string }[] } };
}

/**
 * CloudWatch's GetMetricData over the AWS JSON protocol.
 *
 * @param points Epoch seconds of the hours that have a value, latest first, by the dimension `secret`.
 */
export async function startSecretMetric(points: Readonly<Record<string, readonly number[]>>) {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      const { MetricDataQueries } = (await json(request)) as { MetricDataQueries: Query[] };
      asked.push(...MetricDataQueries.map(({ MetricStat }) => MetricStat.Metric));
      const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat }) => {
        const secret = MetricStat.Metric.Dimensions.find(({ Name }) => Name === 'secret')?.Value ?? '';
        const Timestamps = points[secret] ?? [];
        return { Id, Timestamps, Values: Timestamps.map(() => 3), StatusCode: 'Complete' };
      });
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ MetricDataResults }));
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
