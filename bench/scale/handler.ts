import { defineHandler } from 'hookport';

/** Fits any provider and does nothing. */
export default defineHandler(() => {});
