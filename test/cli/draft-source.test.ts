import { describe, expect, it } from 'vitest';
import { builtInProviders, findProvider } from '../../src/cli/project.ts';
import { draftSource, type DraftOptions } from '../../src/cli/setup/draft-source.ts';
import { withEnvEntries } from '../../src/cli/setup/env-entries.ts';
import { handlerStub } from '../../src/cli/setup/handler-stub.ts';

const draft = (provider: string, options: DraftOptions = {}, id = 'x') =>
  draftSource(findProvider(provider, builtInProviders), id, options, false);

describe('draftSource', () => {
  it('asks for nothing that has a default', async () => {
    expect(await draft('github')).toEqual({ id: 'x', provider: 'github', handler: 'src/handlers/x.ts' });
    expect(await draft('github', { handler: false })).toEqual({ id: 'x', provider: 'github' });
  });

  it('takes what a provider needs from the options', async () => {
    expect(await draft('twilio', { publicUrl: 'https://a.example/x' })).toMatchObject({
      publicUrl: 'https://a.example/x',
    });
    expect(await draft('json', { unverified: true })).toMatchObject({ unverified: true });
    expect(await draft('twilio', { verify: 'json', publicUrl: 'https://a.example/x' })).toMatchObject({
      verify: 'json',
    });
  });

  it.each<[string, DraftOptions, string]>([
    ['twilio', {}, 'hookport add twilio x --public-url'],
    ['twilio', { verify: 'json', handler: false }, 'hookport add twilio x --verify json --no-handler --public-url'],
    ['twilio', { publicUrl: 'x' }, '--public-url must be a URL'],
    ['json', {}, 'hookport add json x --unverified takes what anyone posts'],
    ['meta', {}, 'Meta cannot be a source'],
    ['stripe', { verify: 'x' }, 'it has one way alone'],
    ['twilio', { verify: 'x' }, 'it has form, json'],
  ])('%s with %j is refused, with what to do', async (provider, options, message) => {
    await expect(draft(provider, options)).rejects.toThrow(message);
  });

  it('suggests a command that means the same source and project', async () => {
    const config = '/elsewhere/w.yaml';
    await expect(draft('twilio', { config }, 'twilio')).rejects.toThrow(
      `hookport add twilio --config ${config} --public-url <the URL`,
    );
  });
});

describe('withEnvEntries', () => {
  const entry = { source: 'my-app', from: 'Made by you.' };

  it('adds commented places, and none for a variable that is set or prepared', () => {
    const text = withEnvEntries('', [entry]);
    expect(text).toMatch(/\n# Made by you\.\n# MY_APP_WEBHOOK_SECRET=\n$/);
    expect(withEnvEntries(text, [entry])).toBe(text);
    expect(withEnvEntries('export MY_APP_WEBHOOK_SECRET=x', [entry])).toBe('export MY_APP_WEBHOOK_SECRET=x');
    expect(withEnvEntries('A=1', [entry])).toMatch(/^A=1\n\n# Made/);
  });
});

describe('handlerStub', () => {
  it('is TypeScript that Node runs, for every provider', async () => {
    for (const id of builtInProviders.catalogue.ids()) {
      const sample = { event: 'e', headers: {}, body: '{"type":"it\'s","event":"it\'s"}' };
      const stub = handlerStub(id, findProvider(id, builtInProviders), [sample]).replace(
        "import { defineHandler } from 'hookport';",
        'const defineHandler = (_: string, f: unknown) => f;',
      );
      const module = (await import(
        `data:text/javascript,${encodeURIComponent(stub.replace(/: (string|unknown)/g, ''))}`
      )) as { default: unknown };
      expect(module.default).toBeTypeOf('function');
    }
  });
});
