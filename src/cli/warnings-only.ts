import type { Log } from '../log.ts';

const quiet = () => undefined;
const warn = (message: string) => console.error(message);

/** For what a command does itself: it prints what went well in its own words. */
export const warningsOnly: Log = { debug: quiet, info: quiet, warn, error: warn };
