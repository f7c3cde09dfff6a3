import { buildApp } from './build-app.ts';

// This file is yours. Extend a source in code, for example:
//   const { stack } = await buildApp();
//   table.grantWriteData(stack.source('sensors').function);
await buildApp();
