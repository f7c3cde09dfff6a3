#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can say what is missing instead of failing on a .ts file.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const wanted = 24;
if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `hookport: needs Node ${wanted} or newer, this is ${process.versions.node}.\n` +
      'On Linux `npm ci` brings it along: run `npm start`, or `npx hookport <command>`. Elsewhere install Node ' +
      `${wanted} (https://nodejs.org).`,
  );
  process.exit(1);
}
// Stripped and compiled sources are kept between runs, which halves the time to start. The variable is for the threads,
// which would otherwise strip and compile everything again; not in the temporary folder, where others could write.
if (!process.env.NODE_COMPILE_CACHE)
  process.env.NODE_COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/hookport', import.meta.url));
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
void import('./main.ts').then(({ main }) => main());
