import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type DataFolder, openDataFolder } from '../../src/local/data-folder.ts';

/** One request of a command, with its body as JSON. */
export interface Asked {
  url: string;
  body: unknown;
}

/** What commands take for the running platform of a data folder; a test answers for its API. */
export class StandInPlatform {
  readonly data = mkdtempSync(path.join(tmpdir(), 'hookport-stand-in-'));
  readonly asked: Asked[] = [];
  readonly #server: Server;
  #folder: DataFolder | undefined;

  constructor(answer: (asked: Asked, response: ServerResponse) => void) {
    const serve = async (request: IncomingMessage, response: ServerResponse) => {
      const body = await text(request);
      const asked = { url: request.url ?? '', body: body === '' ? undefined : (JSON.parse(body) as unknown) };
      this.asked.push(asked);
      answer(asked, response);
    };
    this.#server = createServer((request, response) => void serve(request, response));
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    this.#folder = openDataFolder(this.data);
    this.#folder.setPorts({ gateway: port, inspector: port });
  }

  stop(): void {
    this.#folder?.close();
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.data, { recursive: true });
  }
}
