/** Of the data folders in `test/fixtures/data-folders`: the ids of their deliveries say what became of them. */
export const sources = [
  '  waiting: { provider: github }',
  '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts, deduplicate: 30d }',
  '',
].join('\n');
