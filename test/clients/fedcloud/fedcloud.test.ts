import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { requires } from '../../support/requires.ts'
import { call, expectOk } from '../../support/vault.ts'
import { type Environment, missingEnvironment } from '../python/python.ts'
import { type Deployment, type Fedcloud, fedcloud, startDeployment } from './deployment.ts'

const older: Environment = 'fedcloudclient-1.4.4'
const newest: Environment = 'fedcloudclient-1.4.7'

/**
 * How each version is given the right to a person's secrets. The newest fails by itself on every key-value command
 * with an access token; the older one knows no other way.
 */
const authorise = {
  [older]: async (deployment: Deployment, name: string) => [
    '--oidc-access-token',
    await deployment.accessToken(name),
  ],
  [newest]: async (deployment: Deployment, name: string) => [
    '--vault-token',
    await deployment.logIn(await deployment.accessToken(name)),
  ],
}

const missing = missingEnvironment(newest) ?? missingEnvironment(older)

describe('fedcloud secret, the command line of EGI, over TLS', requires(missing), () => {
  let deployment: Deployment
  const clients = new Map<Environment, Fedcloud>()
  before(async () => {
    deployment = await startDeployment()
    for (const version of [older, newest]) clients.set(version, await fedcloud(version, deployment.server))
  })
  after(async () => {
    for (const client of clients.values()) await client.stop()
    await deployment?.stop()
  })

  const clientOf = (version: Environment): Fedcloud => {
    const client = clients.get(version)
    assert.ok(client !== undefined)
    return client
  }

  for (const version of [older, newest]) {
    describe(version, () => {
      let client: Fedcloud
      let alice: readonly string[]
      /** A folder for this version alone. */
      const own = (path: string): string => `${version}/${path}`
      before(async () => {
        client = clientOf(version)
        alice = await authorise[version](deployment, 'alice')
      })
      /** What the server has of hers, asked for with a login of her own: nobody else may. */
      const stored = async (path: string): Promise<Record<string, string>> => {
        const token = await deployment.logIn(await deployment.accessToken('alice'))
        const target = { ...deployment.server, token }
        return (await expectOk(target, 'GET', `${deployment.pathOf('alice')}/${own(path)}`)).data
      }

      test('put, get, list and delete', async () => {
        await client.succeed(['put', ...alice, own('app/db'), 'user=app', 'password=a=b c'])
        assert.deepEqual(await stored('app/db'), { user: 'app', password: 'a=b c' })

        const table = await client.succeed(['get', ...alice, own('app/db')])
        assert.match(table, /^key +value\n-+ +-+\n/)
        assert.match(table, /^user +app$/m)
        assert.match(table, /^password +a=b c$/m)

        assert.equal(await client.succeed(['list', ...alice, version]), 'app/\n')
        assert.equal(await client.succeed(['list', ...alice, own('app')]), 'db\n')
        assert.match(await client.succeed(['list', ...alice]), new RegExp(`^${version}/$`, 'm'))

        await client.succeed(['delete', ...alice, own('app/db')])
        const gone = await client.run(['get', ...alice, own('app/db')])
        assert.equal(gone.code, 1)
        assert.match(gone.stderr, /InvalidPath/)
      })

      test('a put replaces the whole object', async () => {
        await client.succeed(['put', ...alice, own('replaced'), 'old=1'])
        await client.succeed(['put', ...alice, own('replaced'), 'new=2'])
        assert.deepEqual(await stored('replaced'), { new: '2' })
      })

      test('get with a key prints the bare value', async () => {
        await client.succeed(['put', ...alice, own('bare'), 'password=s3cret ümläut'])
        assert.equal(await client.succeed(['get', ...alice, own('bare'), 'password']), 's3cret ümläut')
        const unknown = await client.run(['get', ...alice, own('bare'), 'user'])
        assert.equal(unknown.code, 1)
        assert.match(unknown.stderr, /user not found/)
      })

      test('output as YAML and as JSON', async () => {
        await client.succeed(['put', ...alice, own('formats'), 'a=1', 'b=two words'])
        assert.equal(
          await client.succeed(['get', ...alice, own('formats'), '-f', 'YAML']),
          "a: '1'\nb: two words\n",
        )
        const json = await client.succeed(['get', ...alice, own('formats'), '-f', 'JSON'])
        assert.deepEqual(JSON.parse(json), { a: '1', b: 'two words' })
      })

      test('values and whole objects from files and from standard input', async () => {
        const [yaml, json, text] = ['o.yaml', 'o.json', 'key.txt'].map((name) => join(client.folder, name))
        assert.ok(yaml !== undefined && json !== undefined && text !== undefined)
        await writeFile(yaml, 'user: app\nport: 5432\n')
        await writeFile(json, '{"hosts": ["a", "b"]}')
        await writeFile(text, 'line 1\nline 2\n')
        const values = [`@${yaml}`, `@${json}`, `key=@${text}`, 'typed=-']
        await client.succeed(['put', ...alice, own('files'), ...values], 'from standard input')
        assert.deepEqual(await stored('files'), {
          user: 'app',
          port: 5432,
          hosts: ['a', 'b'],
          key: 'line 1\nline 2\n',
          typed: 'from standard input',
        })
        await client.succeed(['put', ...alice, own('piped'), '-'], 'user: piped\n')
        assert.deepEqual(await stored('piped'), { user: 'piped' })
      })

      test('a binary file is kept as base64', async () => {
        const bytes = Buffer.from([0, 255, 10, 13, 128])
        const file = join(client.folder, 'key.bin')
        await writeFile(file, bytes)
        await client.succeed(['put', ...alice, own('binary'), '--binary-file', `key=@${file}`])
        const printed = await client.succeed(['get', ...alice, own('binary'), 'key'])
        assert.deepEqual(Buffer.from(printed, 'base64'), bytes)
        // The newest version opens its output file wrongly and ends.
        if (version === older) {
          const back = join(client.folder, 'back.bin')
          await client.succeed(['get', ...alice, own('binary'), 'key', '--binary-file', '-o', back])
          assert.deepEqual(await readFile(back), bytes)
        }
      })

      test('values encrypted before they are sent, and decrypted after they are read', async () => {
        const key = 'correct horse'
        await client.succeed(['put', ...alice, own('sealed'), '--encrypt-key', key, 'a=one', 'b=two'])
        const { fedcloud_salt: salt, ...values } = await stored('sealed')
        assert.equal(Buffer.from(salt ?? '', 'base64').length, 16)
        assert.deepEqual(Object.keys(values), ['a', 'b'])
        // What begins so is a Fernet token of version 128.
        for (const value of Object.values(values)) assert.match(value, /^gAAAA/)

        const json = await client.succeed([
          'get',
          ...alice,
          own('sealed'),
          '--decrypt-key',
          key,
          '-f',
          'JSON',
        ])
        assert.deepEqual(JSON.parse(json), { a: 'one', b: 'two' })
        assert.equal(await client.succeed(['get', ...alice, own('sealed'), '--decrypt-key', key, 'b']), 'two')
        const wrong = await client.run(['get', ...alice, own('sealed'), '--decrypt-key', 'wrong', 'b'])
        assert.equal(wrong.code, 1)
        assert.equal(wrong.stdout, '')
      })

      test('an object of 512 kB', async () => {
        const file = join(client.folder, 'large.txt')
        await writeFile(file, 'x'.repeat(512_000))
        await client.succeed(['put', ...alice, own('large'), `file=@${file}`])
        assert.equal((await client.succeed(['get', ...alice, own('large'), 'file'])).length, 512_000)
      })

      test('one person does not see what another has', async () => {
        await client.succeed(['put', ...alice, own('mine'), 'a=b'])
        const bob = await authorise[version](deployment, 'bob')
        assert.equal((await client.run(['get', ...bob, own('mine')])).code, 1)
        await client.succeed(['put', ...bob, own('his'), 'c=d'])
        assert.equal(await client.succeed(['list', ...bob, version]), 'his\n')
        await client.succeed(['delete', ...bob, own('his')])
      })

      describe('lockers', () => {
        const create = async (...options: string[]): Promise<string> => {
          const token = await deployment.accessToken('alice')
          return (await client.succeed(['locker', 'create', '--oidc-access-token', token, ...options])).trim()
        }

        test('a new locker lasts 24 hours and 10 uses, or what was asked for', async () => {
          const check = async (locker: string): Promise<Record<string, unknown>> =>
            JSON.parse(await client.succeed(['locker', 'check', locker, '-f', 'JSON']))
          const usual = await check(await create())
          assert.deepEqual(usual.policies, ['default'])
          assert.equal(usual.creation_ttl, 24 * 3600)
          assert.equal(usual.num_uses, 9)
          assert.equal(usual.renewable, false)

          const short = await check(await create('--ttl', '1h', '--num-uses', '3'))
          assert.equal(short.creation_ttl, 3600)
          assert.equal(short.num_uses, 2)
        })

        test('the details of a new locker can be printed', async () => {
          const details = JSON.parse(await create('--verbose', '-f', 'JSON'))
          assert.equal(details.lease_duration, 24 * 3600)
          assert.equal(details.num_uses, 10)
          assert.deepEqual(details.token_policies, ['default'])
        })

        test('put, get, list and delete in a locker', async () => {
          const locker = ['--locker-token', await create()]
          const values = ['user=me', 'empty=', 'odd=a&b=c +%', 'text=ümläut']
          await client.succeed(['put', ...locker, 'me@example.org/job', ...values])
          const json = await client.succeed(['get', ...locker, 'me@example.org/job', '-f', 'JSON'])
          assert.deepEqual(JSON.parse(json), { user: 'me', empty: '', odd: 'a&b=c +%', text: 'ümläut' })
          assert.equal(await client.succeed(['get', ...locker, 'me@example.org/job', 'user']), 'me')
          await client.succeed(['put', ...locker, 'other', 'a=b'])
          assert.equal(await client.succeed(['list', ...locker]), 'me@example.org/\nother\n')
          await client.succeed(['delete', ...locker, 'me@example.org/job'])
          assert.equal(await client.succeed(['list', ...locker]), 'other\n')
          assert.equal((await client.run(['get', ...locker, 'me@example.org/job'])).code, 1)
        })

        test('encrypted values in a locker', async () => {
          const locker = ['--locker-token', await create()]
          await client.succeed(['put', ...locker, 'sealed', '--encrypt-key', 'key', 'a=one'])
          assert.match(await client.succeed(['get', ...locker, 'sealed', 'a']), /^gAAAA/)
          assert.equal(await client.succeed(['get', ...locker, 'sealed', '--decrypt-key', 'key', 'a']), 'one')
        })

        test('a locker ends with its last use', async () => {
          const locker = await create('--num-uses', '2')
          await client.succeed(['put', '--locker-token', locker, 'note', 'a=b'])
          assert.equal(await client.succeed(['get', '--locker-token', locker, 'note', 'a']), 'b')
          const late = await client.run(['get', '--locker-token', locker, 'note', 'a'])
          assert.equal(late.code, 1)
          assert.match(late.stderr, /403/)
        })

        test('a revoked locker is gone with what it held', async () => {
          const locker = await create()
          await client.succeed(['put', '--locker-token', locker, 'note', 'a=b'])
          await client.succeed(['locker', 'revoke', locker])
          const late = await client.run(['locker', 'check', locker])
          assert.equal(late.code, 1)
          assert.match(late.stderr, /Forbidden/)
          const target = { ...deployment.server, token: locker }
          assert.equal((await call(target, 'GET', 'cubbyhole/note')).status, 403)
        })

        test("a locker does not open its owner's secrets", async () => {
          const target = { ...deployment.server, token: await create() }
          const path = `${deployment.pathOf('alice')}/${own('mine')}`
          assert.equal((await call(target, 'GET', path)).status, 403)
        })
      })
    })
  }

  test('what one version encrypts the other decrypts', async () => {
    for (const [writer, reader] of [
      [older, newest],
      [newest, older],
    ] as const) {
      const put = [
        'put',
        ...(await authorise[writer](deployment, 'alice')),
        'shared',
        '-e',
        'key',
        `by=${writer}`,
      ]
      await clientOf(writer).succeed(put)
      const get = ['get', ...(await authorise[reader](deployment, 'alice')), 'shared', '-d', 'key', 'by']
      assert.equal(await clientOf(reader).succeed(get), writer)
    }
  })
})
