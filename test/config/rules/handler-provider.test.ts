import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRulesProject } from './project.ts';

const { root, issuesOf } = createRulesProject();

/** What is said of a source of the provider `acme` whose handler's file has this text. */
function told(text: string): string[] {
  writeFileSync(path.join(root, 'src/handler.ts'), text);
  return issuesOf('name: n\nsources:\n  shop: { provider: acme, handler: src/handler.ts }\n');
}

const imports = "import { defineHandler } from 'hookport';\n";

describe('a handler that is written for another provider', () => {
  const refusal = (writes: string) =>
    `w.yaml:3:36: handler "src/handler.ts" is written for the provider timed, and the source "shop" has acme; name a handler for acme, or write ${writes}('acme', …) in that file; without a provider it takes any`;

  test.each<[string, string, string]>([
    ['as `hookport add` writes it', `${imports}\nexport default defineHandler('timed', () => {});\n`, 'defineHandler'],
    [
      'over several lines, beside other imports',
      'import {\n  type Delivery,\n  defineBatchHandler,\n  PermanentError,\n} from "hookport";\nexport default defineBatchHandler(\n  "timed",\n  async () => {},\n);',
      'defineBatchHandler',
    ],
    [
      'behind comments and paths with asterisks',
      `${imports}/* defineHandler('acme', …) */\n// export default defineHandler('acme', () => {});\nconst files = '/*.json */';\nexport default defineHandler('timed', () => {});`,
      'defineHandler',
    ],
  ])('is refused %s', (_, text, writes) => expect(told(text)).toEqual([refusal(writes)]));

  test('is refused where `defaults` name it, for each source that it does not fit', () => {
    writeFileSync(path.join(root, 'src/handler.ts'), `${imports}export default defineHandler('timed', () => {});`);
    const issues = issuesOf(
      'name: n\ndefaults: { handler: src/handler.ts }\nsources:\n  a: { provider: acme }\n  b: { provider: timed }\n  c: { provider: once }\n',
    );
    expect(issues).toEqual([
      expect.stringContaining(
        'w.yaml:2:22: handler "src/handler.ts" is written for the provider timed, and the source "a" has acme;',
      ),
      expect.stringContaining(
        'w.yaml:2:22: handler "src/handler.ts" is written for the provider timed, and the source "c" has once;',
      ),
    ]);
  });
});

/** Nothing of it runs before a delivery comes, so what its text does not say plainly its load tells. */
describe('a handler is taken', () => {
  test.each<[string, string]>([
    ['that is written for the provider', `${imports}export default defineHandler('acme', () => {});`],
    ['that is written for any', `${imports}export default defineHandler(() => {});`],
    ['whose provider stands elsewhere', `${imports}export default defineHandler(provider, () => {});`],
    ['that another file has', "export { default } from './x.ts';"],
    [
      'that a function of one’s own makes',
      "import { defineHandler } from './mine.ts';\nexport default defineHandler('timed', () => {});",
    ],
    [
      'that is imported under another name',
      "import { defineHandler as ours } from 'hookport';\nimport { defineHandler } from './mine.ts';\nexport default defineHandler('timed', () => {});",
    ],
    [
      'beside one that was commented out',
      `${imports}/*\nexport default defineHandler('timed', () => {});\n*/\nexport default defineHandler('acme', () => {});`,
    ],
    [
      'beside one that was commented out, under another form',
      `${imports}/*\nexport default defineHandler('timed', () => {});\n*/\nconst own = defineHandler('acme', () => {});\nexport { own as default };`,
    ],
  ])('%s', (_, text) => expect(told(text)).toEqual([]));

  test('whose source has a provider that nobody knows: that is told alone', () => {
    writeFileSync(path.join(root, 'src/handler.ts'), `${imports}export default defineHandler('timed', () => {});`);
    const issues = issuesOf('name: n\nsources:\n  shop: { provider: acne, handler: src/handler.ts }\n');
    expect(issues).toEqual([expect.stringContaining('unknown provider "acne"')]);
  });
});
