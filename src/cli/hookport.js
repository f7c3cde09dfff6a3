#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can say what is missing instead of failing on a .ts file.
import module from 'node:module';

const wanted = 24;
if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `hookport: needs Node ${wanted} or newer, this is ${process.versions.node}.\n` +
      'On Linux `npm ci` brings it along: run `npm start`, or `npx hookport <command>`. Elsewhere install Node ' +
      `${wanted} (https://nodejs.org).`,
  );
  process.exit(2);
}
// Stripped and compiled sources are kept between runs: it halves the time to start.
module.enableCompileCache?.();
const { main } = await import('./main.ts');
await main();
