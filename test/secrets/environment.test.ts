import { execFileSync } from 'node:child_process';
import fs, { existsSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDevelopmentSecrets } from '../../src/secrets/development.ts';
import { createEnvironmentSecrets, type EnvironmentSecretsOptions } from '../../src/secrets/environment.ts';
import { previousSecretVariable, secretVariable, withoutSecrets } from '../../src/secrets/variables.ts';

let folder: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookport-secrets-'));
  now = 1_700_000_000_000;
});
afterEach(() => rm(folder, { recursive: true }));

const envFile = () => join(folder, '.env');
const store = (options: Partial<EnvironmentSecretsOptions> = {}) =>
  createEnvironmentSecrets({ environment: {}, envFile: envFile(), clock: () => now, ...options });
const values = async (secrets: ReturnType<typeof store>, options?: { notBefore?: number }) =>
  (await secrets.read('my-app', options)).secrets.map(({ version, value }) => `${version} ${value}`);

test.each([
  ['github', 'GITHUB_WEBHOOK_SECRET'],
  ['my-app2', 'MY_APP2_WEBHOOK_SECRET'],
])('the secret of %s is %s', (source, variable) => {
  expect(secretVariable(source)).toBe(variable);
  expect(previousSecretVariable(source)).toBe(`${variable}_PREVIOUS`);
});

test('an environment for handlers holds no signing secret', () => {
  const environment = { PATH: '/bin', A_WEBHOOK_SECRET: '1', A_WEBHOOK_SECRET_PREVIOUS: '2', WEBHOOK_URL: 'x' };
  expect(withoutSecrets(environment)).toEqual({ PATH: '/bin', WEBHOOK_URL: 'x' });
});

test('what else stands in .env is known by name: a handler that looks for it there finds nothing', async () => {
  const lines = [
    'MY_APP_WEBHOOK_SECRET=a',
    'MY_APP_FORWARD_SECRET_PREVIOUS=b',
    'MY_APPP_WEBHOOK_SECRET=c',
    'DATABASE_URL=d',
    // A line of a key without quotes.
    'MC4CAQAwBQYDK2VwBCIEIA==',
  ];
  await writeFile(envFile(), lines.join('\n'));
  expect(await store().unread(['my-app', 'github'])).toEqual(['DATABASE_URL', 'MY_APPP_WEBHOOK_SECRET']);
  await rm(envFile());
  now += 2000;
  expect(await store().unread(['my-app'])).toEqual([]);
});

describe('a source', () => {
  test('has the current secret and then the previous one', async () => {
    const environment = { MY_APP_WEBHOOK_SECRET_PREVIOUS: 'old', MY_APP_WEBHOOK_SECRET: 'new' };
    expect(await values(store({ environment }))).toEqual(['current new', 'previous old']);
  });

  test('has what .env says where the environment says nothing', async () => {
    await writeFile(
      envFile(),
      '# secrets\nMY_APP_WEBHOOK_SECRET="with # and space"\nMY_APP_WEBHOOK_SECRET_PREVIOUS=old\n',
    );
    expect(await values(store())).toEqual(['current with # and space', 'previous old']);
    expect(await values(store({ environment: { MY_APP_WEBHOOK_SECRET: 'mine' } }))).toEqual([
      'current mine',
      'previous old',
    ]);
  });

  test.each(['half#other half', 'half#', "  half#it's", 'a b#c'])(
    'whose secret in .env is %j, without quotes, is refused instead of being cut there',
    async (value) => {
      for (const variable of ['MY_APP_WEBHOOK_SECRET', 'export MY_APP_WEBHOOK_SECRET_PREVIOUS']) {
        await writeFile(envFile(), `OTHER=1\n${variable}=${value}\n`);
        await expect(store().read('my-app')).rejects.toMatchObject({
          code: 'secret_unusable',
          message: expect.stringMatching(/^MY_APP_WEBHOOK_SECRET\w* in \.env ends at a #/),
        });
      }
      expect(await values(store({ environment: { MY_APP_WEBHOOK_SECRET_PREVIOUS: value.trim() } }))).toHaveLength(1);
    },
  );

  test.each(['whole # a comment', 'whole\t#', '"whole"# a comment', "'whole'#"])(
    'whose line in .env is %j has what stands before the comment',
    async (value) => {
      await writeFile(envFile(), `MY_APP_WEBHOOK_SECRET=${value}\n`);
      expect(await values(store())).toEqual(['current whole']);
    },
  );

  test('without a variable, a file and development secrets has none', async () => {
    expect(await store().read('my-app')).toEqual({ secrets: [], readAt: now });
  });

  test.each(['environment', '.env'])(
    'whose variable is set and empty in %s has none, not a made-up one',
    async (where) => {
      if (where === '.env') await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=\n');
      const development = createDevelopmentSecrets(join(folder, 'dev'), () => ({
        secret: 'dev',
        signingSecret: 'dev',
      }));
      const environment = where === '.env' ? {} : { MY_APP_WEBHOOK_SECRET: '' };
      expect(await values(store({ environment, development }))).toEqual([]);
    },
  );

  test.each(['  ', 'secret\n', ' secret', 'secret\r\n', '\tsecret'])(
    'whose secret is %j is refused, without quoting it',
    async (value) => {
      const reading = store({ environment: { MY_APP_WEBHOOK_SECRET: value } }).read('my-app');
      await expect(reading).rejects.toMatchObject({
        code: 'secret_unusable',
        message: expect.stringContaining('MY_APP_WEBHOOK_SECRET'),
      });
      await expect(reading).rejects.toMatchObject({ message: expect.not.stringContaining('secret\n') });
    },
  );

  test('may have a PEM key, which ends with a line feed', async () => {
    const pem = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
    expect(await values(store({ environment: { MY_APP_WEBHOOK_SECRET: pem } }))).toEqual([`current ${pem}`]);
  });
});

describe('.env', () => {
  test('is read again when it changed, a second later at most', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    const secrets = store();
    expect(await values(secrets)).toEqual(['current one']);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=longer\n');
    now += 999;
    expect(await values(secrets)).toEqual(['current one']);
    now += 1;
    expect(await secrets.read('my-app')).toMatchObject({ secrets: [{ value: 'longer' }], readAt: now });
  });

  test('that changed is what all see who ask at the same time, not the first of them alone', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=new\nMY_APP_WEBHOOK_SECRET_PREVIOUS=leaked');
    const secrets = store();
    await values(secrets);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=new');
    now += 3_600_000;
    const all = await Promise.all(Array.from({ length: 4 }, () => values(secrets)));
    expect(all).toEqual(Array.from({ length: 4 }, () => ['current new']));
  });

  test('is read again at once for a delivery that arrived later, also when its time and size are the same', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    await utimes(envFile(), 1, 1);
    const secrets = store();
    const first = await secrets.read('my-app');
    expect(first.readAt).toBe(now);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=two\n');
    await utimes(envFile(), 1, 1);
    now += 500;
    expect(await secrets.read('my-app', { notBefore: now - 500 })).toEqual(first);
    expect(await secrets.read('my-app', { notBefore: now })).toMatchObject({
      secrets: [{ value: 'two' }],
      readAt: now,
    });
  });

  test('is looked at again when the clock was set back by hours', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    const secrets = store();
    expect(await values(secrets)).toEqual(['current one']);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=changed\n');
    now -= 3 * 3_600_000;
    expect(await values(secrets, { notBefore: now })).toEqual(['current changed']);
  });

  test('is never taken for read at a time that is still to come, once the clock was set back', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    const secrets = store();
    await secrets.read('my-app');
    now -= 3 * 3_600_000;
    expect((await secrets.read('my-app')).readAt).toBe(now);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=changed\n');
    now += 500;
    expect(await values(secrets, { notBefore: now })).toEqual(['current changed']);
  });

  test('that is a pipe holds up nobody while it is read', async () => {
    execFileSync('mkfifo', [envFile()]);
    const reading = values(store());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=piped\n');
    expect(await reading).toEqual(['current piped']);
  });

  test('keeps the time of its reading when it has not changed', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    const secrets = store();
    const { readAt } = await secrets.read('my-app');
    now += 60_000;
    expect((await secrets.read('my-app')).readAt).toBe(readAt);
  });

  test('that appears and goes is followed', async () => {
    const secrets = store();
    expect(await values(secrets)).toEqual([]);
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=one\n');
    expect(await values(secrets, { notBefore: ++now })).toEqual(['current one']);
    await rm(envFile());
    expect(await values(secrets, { notBefore: ++now })).toEqual([]);
  });

  test('that can be read no more is an error for all who ask at the same time', async () => {
    await writeFile(envFile(), 'MY_APP_WEBHOOK_SECRET=old');
    const secrets = store();
    await values(secrets);
    await rm(envFile());
    await mkdir(envFile());
    now += 2000;
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => values(secrets)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  test('that cannot be read is an error, not a missing secret', async () => {
    await expect(store({ envFile: folder }).read('my-app')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });
});

describe('development secrets', () => {
  const data = () => join(folder, 'data', 'dev-secrets');
  let made = 0;
  const open = () =>
    createDevelopmentSecrets(data(), (source) => ({
      secret: `public ${source} ${++made}`,
      signingSecret: `private ${source}`,
    }));

  test('are made once per source and kept, readable by the owner alone', async () => {
    const [a, b] = await Promise.all([open().of('a'), open().of('b')]);
    expect(a.secret).not.toBe(b.secret);
    expect(await open().of('a')).toEqual(a);
    expect((await stat(join(data(), 'a.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(data())).toSorted()).toEqual(['a.json', 'b.json']);
  });

  test('are on disk before they have their name', async () => {
    const other = await openFile(join(folder, 'other'), 'w');
    const handles = Object.getPrototypeOf(other) as FileHandle;
    await other.close();
    const named: boolean[] = [];
    vi.spyOn(handles, 'sync').mockImplementation(async () => void named.push(existsSync(join(data(), 'a.json'))));
    await open().of('a');
    expect(named).toEqual([false]);
  });

  test.runIf(process.platform === 'linux')(
    'keep their name over a loss of power, and that of their folder',
    async () => {
      const synced: [string, boolean][] = [];
      vi.spyOn(fs, 'fsyncSync').mockImplementation(
        (descriptor) =>
          void synced.push([fs.readlinkSync(`/proc/self/fd/${descriptor}`), existsSync(join(data(), 'a.json'))]),
      );
      syncBuiltinESMExports();
      try {
        await open().of('a');
      } finally {
        vi.restoreAllMocks();
        syncBuiltinESMExports();
      }
      expect(synced).toEqual([
        [join(folder, 'data'), false],
        [data(), true],
      ]);
    },
  );

  test('are the same for all that ask for one at once', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => open().of('a')));
    expect(new Set(asked.map(({ secret }) => secret)).size).toBe(1);
  });

  test('are used where no variable is set, and sign with their own half', async () => {
    const secrets = store({ development: open() });
    const [secret] = (await secrets.read('my-app')).secrets;
    expect(secret).toMatchObject({ version: 'development', value: expect.stringMatching(/^public my-app/) });
    expect(await secrets.signingSecret('my-app')).toBe('private my-app');
    expect(await secrets.origin('my-app')).toBe('development');
  });

  test('are not used where a variable is set', async () => {
    const secrets = store({ environment: { MY_APP_WEBHOOK_SECRET: 'mine' }, development: open() });
    expect(await values(secrets)).toEqual(['current mine']);
    expect(await secrets.signingSecret('my-app')).toBe('mine');
    expect(await secrets.origin('my-app')).toBe('environment');
    await expect(stat(data())).rejects.toThrow('ENOENT');
  });

  test('a variable that is set and empty is no secret, and none is made up', async () => {
    const secrets = store({ environment: { MY_APP_WEBHOOK_SECRET: '' }, development: open() });
    expect(await values(secrets)).toEqual([]);
    expect(await secrets.origin('my-app')).toBe('none');
  });

  test.each(['', 'nonsense', '[]', 'null', '{"secret":1}'])(
    'in a damaged file (%j) are not made anew behind your back',
    async (text) => {
      await open().of('a');
      const file = join(data(), 'a.json');
      await writeFile(file, text);
      await expect(open().of('a')).rejects.toMatchObject({
        code: 'secret_unreadable',
        message: expect.stringContaining('is damaged'),
      });
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});
