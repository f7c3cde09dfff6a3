import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../lib/part.ts';
import { type Server, startModule, startProgram } from '../lib/server.ts';
import { secret } from './load.ts';

/** Who accepts webhooks in the benchmark. */
export interface AcceptContender extends Contender {
  /** Where it takes them. */
  path: string;
  /** Serves from an empty folder; undefined where it is not installed. */
  start(folder: string): Promise<Server | undefined>;
}

const module = (file: string) => join(import.meta.dirname, file);

export const acceptContenders: Readonly<Record<string, AcceptContender>> = {
  hookport: {
    name: 'Hookport',
    promise: 'on disk, synced',
    path: '/github',
    start: (folder) => startModule(module('gateway-server.ts'), folder),
  },
  limitSync: {
    name: 'limit (node:http, one log, shared fdatasync)',
    promise: 'on disk, synced; no routes, mapping or queue',
    path: '/github',
    start: (folder) => startModule(module('limit-server.ts'), folder, 'sync'),
  },
  limitAsync: {
    name: 'limit, syncing in the thread pool',
    promise: 'the same',
    path: '/github',
    start: (folder) => startModule(module('limit-server.ts'), folder, 'async'),
  },
  fastify: {
    name: 'fastify + SQLite',
    promise: 'on disk, synced one by one',
    path: '/github',
    start: (folder) => startModule(module('fastify-server.ts'), folder),
  },
  webhook: {
    name: 'webhook (adnanh)',
    promise: 'verified, and a command was started; nothing is kept',
    path: '/hooks/github',
    start(folder) {
      const rule = {
        match: {
          type: 'payload-hmac-sha256',
          secret,
          parameter: { source: 'header', name: 'X-Hub-Signature-256' },
        },
      };
      const hooks = join(folder, 'hooks.json');
      writeFileSync(hooks, JSON.stringify([{ id: 'github', 'execute-command': '/bin/true', 'trigger-rule': rule }]));
      return startProgram('webhook', (port) => ['-hooks', hooks, '-ip', '127.0.0.1', '-port', String(port)]);
    },
  },
  json2file: {
    name: 'json2file-go',
    promise: 'verified, and written to a file that is not synced',
    path: '/github',
    start(folder) {
      mkdirSync(join(folder, 'github'));
      return startProgram(
        '/usr/sbin/json2file-go',
        () => [],
        (port) => ({
          J2F_BASEDIR: folder,
          J2F_DIRLIST: `github:${secret}`,
          J2F_PORT: String(port),
          J2F_HOST: '127.0.0.1',
        }),
      );
    },
  },
  nginx: {
    name: 'nginx `return 200`',
    promise: 'nothing: what HTTP alone costs',
    path: '/github',
    start(folder) {
      const config = join(folder, 'nginx.conf');
      return startProgram('/usr/sbin/nginx', (port) => {
        writeFileSync(config, nginxConfig(folder, port));
        return ['-c', config, '-e', join(folder, 'error.log')];
      });
    },
  },
};

function nginxConfig(folder: string, port: number): string {
  return `
    daemon off; worker_processes 1; pid ${folder}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off; client_max_body_size 20m; client_body_temp_path ${folder}/body; keepalive_requests 100000000;
      proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } }
    }`;
}
