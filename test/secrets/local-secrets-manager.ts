import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredSecret {
  current?: string;
  previous?: string;
  /** When the current one was put. */
  changedAt: Date;
}

/** GetSecretValue by the AWS JSON protocol, as far as a consumer asks. */
export async function startSecretsManager(secrets: Record<string, StoredSecret>) {
  const state = { calls: 0, down: false };
  const server = createServer((request, response) => {
    void answerJson(request, response, ({ SecretId, VersionStage }) => {
      state.calls += 1;
      if (state.down) return { status: 500, body: { __type: 'InternalServiceError', message: 'down' } };
      const secret = secrets[String(SecretId)];
      const value = VersionStage === 'AWSPREVIOUS' ? secret?.previous : secret?.current;
      if (!secret || value === undefined)
        return { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no such value' } };
      const CreatedDate = secret.changedAt.getTime() / 1000;
      return { status: 200, body: { Name: SecretId, SecretString: value, CreatedDate, VersionStages: [VersionStage] } };
    });
  });
  return { ...(await listen(server)), secrets, state };
}

async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (input: Record<string, unknown>) => { status: number; body: unknown },
): Promise<void> {
  const input = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Record<string, unknown>;
  const { status, body } = answer(input);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

async function listen(server: ReturnType<typeof createServer>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
