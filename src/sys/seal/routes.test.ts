import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { OpenContext, SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import type { Route, RouteOperation } from '../../backend/routes/route.ts'
import { createRouter } from '../../backend/routes/router.ts'
import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import {
  type KeeperBench,
  shamirBench,
  staticBench,
  unsealedNode,
} from '../../barrier/keeper/keeper-for-tests.ts'
import { isFailure } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { transact } from '../../transaction/transaction.ts'
import { sealRoutes } from './routes.ts'
import type { ServingNode } from './services.ts'

type Operation = Exclude<RouteOperation, 'list' | 'scan'>
/** What one or another of these answers holds. */
type Body = {
  nonce: string
  keys: string[]
  keys_base64: string[]
  recovery_keys: string[]
  sealed: boolean
  started: boolean
  progress: number
  t: number
  n: number
  otp: string
  otp_length: number
  encoded_root_token: string
  verification_required: boolean
  verification_nonce: string
  term: number
  install_time: string
  encryptions: number
  ha_enabled: boolean
}

const self: ServingNode = {
  row: {
    hostname: 'here',
    apiAddress: 'https://here:8200',
    clusterAddress: '',
    version: '1.2.3',
    since: Date.UTC(2030, 0, 1),
  },
  isSelf: true,
  lastBeat: 0,
  skew: undefined,
}

/** What a node stands in: a store that is made for several machines or not, and other nodes on it. */
type Around = { readonly shared?: boolean; readonly others?: readonly ServingNode[] }

/** The routes of one node, called without a server around them. */
function client({ store }: KeeperBench, keeper: SealKeeper, { shared = false, others = [] }: Around = {}) {
  const routes = sealRoutes({
    keeper: () => keeper,
    version: '1.2.3',
    shared,
    nodes: () => [self, ...others],
  })
  const open = createRouter(routes.open)
  const sealed = createRouter(routes.whenSealed)
  const system = createRouter(routes.system)

  async function run<C>(
    route: Route<C>,
    operation: Operation,
    context: C,
    fields: JsonObject,
  ): Promise<Reply> {
    const handler = route.operations[operation]
    assert.ok(handler, `${operation} ${route.path}`)
    return handler(context, (await route.reader?.read(fields))?.values ?? {})
  }

  async function call(operation: Operation, path: string, fields: JsonObject = {}): Promise<Reply> {
    const found = (keeper.state().kind === 'unsealed' ? undefined : sealed.match(path)) ?? open.match(path)
    // These handlers use nothing of their context.
    if (found !== undefined) return run(found.route, operation, {} as OpenContext, fields)
    const inside = system.match(path.replace('sys/', ''))
    assert.ok(inside, path)
    const ground = { store, barrier: keeper.barrier(), cache: createRecordCache(1e6) }
    // These handlers use nothing of their context but the transaction.
    return transact(
      () => ground,
      (tx) => run(inside.route, operation, { tx } as SystemContext, fields),
    )
  }

  return {
    routes,
    call,
    /** The answer without its envelope. */
    bare: async (operation: Operation, path: string, fields?: JsonObject) =>
      (await call(operation, path, fields)).bare as unknown as Body,
    data: async (operation: Operation, path: string, fields?: JsonObject) =>
      (await call(operation, path, fields)).data as unknown as Body,
    refused: (operation: Operation, path: string, fields: JsonObject, text: string | RegExp) =>
      assert.rejects(
        () => call(operation, path, fields),
        (error) => {
          assert.ok(isFailure(error, 'invalid_request'), String(error))
          if (typeof text === 'string') assert.equal(error.message, text)
          else assert.match(error.message, text)
          return true
        },
      ),
  }
}

async function fresh(t: TestContext) {
  const bench = await shamirBench(t)
  return client(bench, await bench.node())
}

async function unsealed(t: TestContext, options: { shares?: number; threshold?: number } = {}) {
  const bench = await shamirBench(t)
  const { keeper, shares } = await unsealedNode(bench, options)
  return { ...client(bench, keeper), shares, keeper }
}

const noContent: Reply = {}

describe('sys/init', () => {
  it('answers shares in hex and base64, and the root token, once', async (t) => {
    const { bare, refused } = await fresh(t)
    assert.deepEqual(await bare('read', 'sys/init'), { initialized: false })
    const made = await bare('update', 'sys/init', { secret_shares: 5, secret_threshold: 3 })
    assert.deepEqual(Object.keys(made), ['keys', 'keys_base64', 'root_token'])
    const { keys, keys_base64 } = made
    assert.equal(keys.length, 5)
    assert.ok(keys.every((key) => /^[0-9a-f]{66}$/.test(key)))
    assert.deepEqual(
      keys_base64,
      keys.map((key) => Buffer.from(key, 'hex').toString('base64')),
    )
    assert.deepEqual(await bare('read', 'sys/init'), { initialized: true })
    await refused(
      'update',
      'sys/init',
      { secret_shares: 5, secret_threshold: 3 },
      'Vault is already initialized',
    )
  })

  it('refuses PGP keys with a clear text, and takes empty ones', async (t) => {
    const { bare, refused } = await fresh(t)
    const good = { secret_shares: 1, secret_threshold: 1 }
    await refused('update', 'sys/init', {}, 'invalid seal configuration: shares must be at least one')
    for (const name of ['pgp_keys', 'root_token_pgp_key', 'recovery_pgp_keys']) {
      await refused(
        'update',
        'sys/init',
        { ...good, [name]: 'x' },
        new RegExp(`PGP is not supported: leave out ${name}`),
      )
    }
    const made = await bare('update', 'sys/init', { ...good, pgp_keys: [], root_token_pgp_key: '' })
    assert.equal(made.keys[0]?.length, 64)
  })

  it('answers recovery shares for a seal that opens by itself', async (t) => {
    const bench = await staticBench(t)
    const { bare } = client(bench, await bench.node())
    const made = await bare('update', 'sys/init', { recovery_shares: 3, recovery_threshold: 2 })
    assert.deepEqual(Object.keys(made), [
      'keys',
      'keys_base64',
      'recovery_keys',
      'recovery_keys_base64',
      'root_token',
    ])
    assert.deepEqual(made.keys, [])
    assert.equal(made.recovery_keys.length, 3)
  })
})

describe('sys/unseal and sys/seal-status', () => {
  it('answer the status after each share', async (t) => {
    const { bare } = await fresh(t)
    const { keys } = await bare('update', 'sys/init', {
      secret_shares: 3,
      secret_threshold: 2,
    })
    const first = await bare('update', 'sys/unseal', { key: keys[0] as string })
    assert.deepEqual([first.sealed, first.progress, first.t, first.n], [true, 1, 2, 3])
    assert.deepEqual(await bare('read', 'sys/seal-status'), first)
    const reset = await bare('update', 'sys/unseal', { reset: true })
    assert.deepEqual([reset.progress, reset.nonce], [0, ''])
    await bare('update', 'sys/unseal', { key: keys[0] as string })
    const last = await bare('update', 'sys/unseal', { key: keys[2] as string })
    assert.deepEqual([last.sealed, last.progress], [false, 0])
    assert.deepEqual(await bare('update', 'sys/unseal', { key: `${'A'.repeat(43)}=` }), last)
  })

  it('refuse a request without a share', async (t) => {
    const { refused } = await unsealed(t)
    const text = "'key' must be specified in request body as JSON, or 'reset' set to true"
    await refused('update', 'sys/unseal', {}, text)
    await refused('update', 'sys/unseal', { key: '' }, text)
    await refused('update', 'sys/unseal', { reset: true }, 'vault is unsealed')
    await refused('update', 'sys/unseal', { migrate: true, key: 'x' }, /migration/)
  })
})

describe('sys/seal', () => {
  it('seals the node; a sealed one needs no token for it', async (t) => {
    const { call, routes, keeper } = await unsealed(t)
    assert.equal(routes.system.find(({ path }) => path === 'seal')?.sudo, true)
    assert.deepEqual(await call('update', 'sys/seal'), noContent)
    assert.equal(keeper.state().kind, 'sealed')
    assert.deepEqual(await call('update', 'sys/seal'), noContent)
  })
})

describe('sys/rekey', () => {
  it('leads from the old shares to new ones', async (t) => {
    const { bare, call, shares, refused } = await unsealed(t)
    const started = await bare('update', 'sys/rekey/init', { secret_shares: 3, secret_threshold: 2 })
    assert.deepEqual(await bare('read', 'sys/rekey/init'), started)
    const nonce = started.nonce
    await refused('update', 'sys/rekey/update', { nonce }, "'key' must be specified in request body as JSON")
    await refused('update', 'sys/rekey/update', { key: shares[0] as string }, /^incorrect nonce supplied/)
    await bare('update', 'sys/rekey/update', { nonce, key: shares[0] as string })
    await bare('update', 'sys/rekey/update', { nonce, key: shares[1] as string })
    const done = await bare('update', 'sys/rekey/update', {
      nonce,
      key: shares[2] as string,
    })
    const { keys, keys_base64, ...rest } = done
    assert.deepEqual(rest, {
      nonce,
      complete: true,
      pgp_fingerprints: null,
      backup: false,
      verification_required: false,
    })
    assert.deepEqual([keys.length, keys[0]?.length, keys_base64[0]?.length], [3, 66, 44])
    await bare('update', 'sys/rekey/init', { secret_shares: 3, secret_threshold: 2 })
    assert.deepEqual(await call('delete', 'sys/rekey/init'), noContent)
    assert.equal((await bare('read', 'sys/rekey/init')).started, false)
  })

  it('verifies the new shares when asked to', async (t) => {
    const { bare, shares, refused } = await unsealed(t, { shares: 1, threshold: 1 })
    const { nonce } = await bare('update', 'sys/rekey/init', {
      secret_shares: '1',
      secret_threshold: '1',
      require_verification: 'true',
    })
    const done = await bare('update', 'sys/rekey/update', { nonce, key: shares[0] as string })
    assert.equal(done.verification_required, true)
    const [key] = done.keys as [string]
    const waiting = await bare('read', 'sys/rekey/verify')
    assert.deepEqual(waiting, { nonce: done.verification_nonce, started: true, t: 1, n: 1, progress: 0 })
    const again = await bare('delete', 'sys/rekey/verify')
    assert.notEqual(again.nonce, waiting.nonce)
    await refused('update', 'sys/rekey/verify', {}, "'key' must be specified in request body as JSON")
    const nonceNow = again.nonce
    assert.deepEqual(await bare('update', 'sys/rekey/verify', { nonce: nonceNow, key }), {
      nonce: nonceNow,
      complete: true,
    })
  })

  it('keeps no shares, encrypted or not', async (t) => {
    const { call, refused } = await unsealed(t)
    const request = { secret_shares: 1, secret_threshold: 1 }
    await refused('update', 'sys/rekey/init', { ...request, pgp_keys: ['x'] }, /PGP is not supported/)
    await refused(
      'update',
      'sys/rekey/init',
      { ...request, backup: true },
      'cannot request a backup of the new keys without providing PGP keys for encryption',
    )
    for (const path of ['sys/rekey/backup', 'sys/rekey/recovery-key-backup']) {
      await refused('read', path, {}, 'no backed-up keys found')
      assert.deepEqual(await call('delete', path), noContent)
    }
  })
})

describe('sys/generate-root', () => {
  it('leads to a token that sys/decode-token shows', async (t) => {
    for (const path of ['sys/generate-root/attempt', 'sys/generate-root']) {
      const { bare, data, call, shares, refused } = await unsealed(t, { shares: 1, threshold: 1 })
      const { nonce, otp, otp_length } = await bare('update', path)
      assert.deepEqual([otp.length, otp_length], [28, 28])
      assert.deepEqual((await bare('read', path)).otp, '')
      await refused(
        'update',
        'sys/generate-root/update',
        { nonce },
        "'key' must be specified in request body as JSON",
      )
      const done = await bare('update', 'sys/generate-root/update', { nonce, key: shares[0] as string })
      const encoded_token = done.encoded_root_token
      assert.deepEqual(await data('update', 'sys/decode-token', { encoded_token, otp }), {
        token: `hvs.another${'2'.repeat(17)}`,
      })
      await bare('update', path)
      assert.deepEqual(await call('delete', path), noContent)
      await refused('update', path, { pgp_key: 'x' }, /PGP is not supported/)
    }
  })
})

describe('sys/rotate', () => {
  it('makes a new term at either path, with sudo', async (t) => {
    const { call, data, routes } = await unsealed(t)
    for (const [i, path] of ['rotate', 'rotate/keyring'].entries()) {
      assert.equal(routes.system.find((route) => route.path === path)?.sudo, true)
      assert.deepEqual(await call('update', `sys/${path}`), noContent)
      const status = await data('read', 'sys/key-status')
      assert.equal(status.term, i + 2)
      assert.match(status.install_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.equal(typeof status.encryptions, 'number')
    }
    assert.equal((await call('read', 'sys/key-status')).flatten, true)
  })

  it('shows and merges the rules at either path', async (t) => {
    const { data, call } = await unsealed(t)
    const standard = { enabled: true, interval: 0, max_operations: 3_865_470_566 }
    assert.deepEqual(await data('read', 'sys/rotate/config'), standard)
    assert.deepEqual(
      await call('update', 'sys/rotate/config', { interval: '48h', max_operations: '3000000000' }),
      noContent,
    )
    const set = { enabled: true, interval: '48h0m0s', max_operations: 3_000_000_000 }
    assert.deepEqual(await data('read', 'sys/rotate/keyring/config'), set)
    await call('update', 'sys/rotate/keyring/config', { enabled: false })
    assert.deepEqual(await data('read', 'sys/rotate/config'), { ...set, enabled: false })
    await call('update', 'sys/rotate/config', { ...standard, interval: '0' })
    assert.deepEqual(await data('read', 'sys/rotate/config'), standard)
  })

  it('refuses rules out of range and keeps the old ones', async (t) => {
    const { data, refused } = await unsealed(t)
    const before = await data('read', 'sys/rotate/config')
    const short = 'interval must be greater or equal to 24h0m0s'
    const range = 'max_operations must be in the range [1000000,3865470566]'
    await refused('update', 'sys/rotate/config', { interval: '1h' }, short)
    await refused('update', 'sys/rotate/config', { interval: '-48h' }, short)
    await refused('update', 'sys/rotate/config', { interval: '2000000h' }, /at most/)
    await refused('update', 'sys/rotate/config', { interval: 'soon' }, /parsing "soon": invalid syntax/)
    await refused('update', 'sys/rotate/config', { max_operations: 5 }, range)
    await refused('update', 'sys/rotate/config', { max_operations: 3_865_470_567 }, range)
    assert.deepEqual(await data('read', 'sys/rotate/config'), before)
  })

  it('acts by the rules that were set', async (t) => {
    const bench = await shamirBench(t)
    const { keeper } = await unsealedNode(bench)
    const { call, data } = client(bench, keeper)
    await call('update', 'sys/rotate/config', { interval: '24h' })
    bench.clock.advance(24 * 3600_000)
    await keeper.tend()
    assert.equal((await data('read', 'sys/key-status')).term, 2)
  })
})

describe('what a node says of itself', () => {
  const other: ServingNode = {
    row: {
      hostname: 'there',
      apiAddress: 'https://there:8200',
      clusterAddress: 'https://there:8201',
      version: '1.2.4',
      since: Date.UTC(2030, 0, 1),
    },
    isSelf: false,
    lastBeat: Date.UTC(2030, 0, 2),
    skew: { estimate: -1500, error: 20 },
  }
  const here = {
    hostname: 'here',
    api_address: 'https://here:8200',
    cluster_address: '',
    active_node: true,
    last_echo: null,
    version: '1.2.3',
    clock_skew_ms: 0,
    clock_skew_error_ms: 0,
  }
  const sayings = async (t: TestContext, around?: Around) => {
    const bench = await shamirBench(t)
    const { keeper } = await unsealedNode(bench)
    return { keeper, ...client(bench, keeper, around) }
  }

  it('is that nobody leads where it is alone on a store of one machine', async (t) => {
    const { bare, call } = await sayings(t)
    assert.equal((await bare('read', 'sys/leader')).ha_enabled, false)
    const { data, flatten } = await call('read', 'sys/ha-status')
    assert.equal(flatten, true)
    assert.deepEqual(data, { nodes: [here] })
  })

  it('is that it leads itself as soon as there are others, or may be', async (t) => {
    for (const around of [{ others: [other] }, { shared: true }]) {
      const { bare } = await sayings(t, around)
      assert.deepEqual(await bare('read', 'sys/leader'), {
        ha_enabled: true,
        is_self: true,
        active_time: '2030-01-01T00:00:00.000Z',
        leader_address: 'https://here:8200',
        leader_cluster_address: '',
        performance_standby: false,
        performance_standby_last_remote_wal: 0,
      })
    }
  })

  it('names all who serve the store, when they were heard of, and their clocks', async (t) => {
    const { call } = await sayings(t, { others: [other, { ...other, skew: undefined }] })
    const there = {
      hostname: 'there',
      api_address: 'https://there:8200',
      cluster_address: 'https://there:8201',
      active_node: true,
      last_echo: '2030-01-02T00:00:00.000Z',
      version: '1.2.4',
    }
    assert.deepEqual((await call('read', 'sys/ha-status')).data, {
      nodes: [
        here,
        { ...there, clock_skew_ms: -1500, clock_skew_error_ms: 20 },
        { ...there, clock_skew_ms: null, clock_skew_error_ms: null },
      ],
    })
  })

  it('is nothing about a leader while it is sealed and others may serve', async (t) => {
    const { keeper, bare } = await sayings(t, { shared: true })
    await keeper.seal()
    await assert.rejects(bare('read', 'sys/leader'), (error) => isFailure(error, 'sealed'))
  })
})

describe('the routes about the seal', () => {
  it('answer without a token only where nobody could have one', async (t) => {
    const { routes } = await fresh(t)
    assert.deepEqual(routes.open.map(({ path }) => path).sort(), [
      'sys/decode-token',
      'sys/generate-root',
      'sys/generate-root/attempt',
      'sys/generate-root/update',
      'sys/health',
      'sys/init',
      'sys/leader',
      'sys/rekey/init',
      'sys/rekey/update',
      'sys/rekey/verify',
      'sys/seal-status',
      'sys/unseal',
    ])
    assert.ok(routes.system.every(({ unauthenticated }) => unauthenticated === undefined))
  })

  it('fail as sealed while the node is, where they need its keys', async (t) => {
    const { call } = await fresh(t)
    const isSealed = (error: unknown) => isFailure(error, 'sealed')
    await assert.rejects(() => call('read', 'sys/rekey/init'), isSealed)
    await assert.rejects(
      () => call('update', 'sys/rekey/init', { secret_shares: 1, secret_threshold: 1 }),
      isSealed,
    )
    await assert.rejects(() => call('read', 'sys/rekey/verify'), isSealed)
    await assert.rejects(() => call('read', 'sys/generate-root/attempt'), isSealed)
    await assert.rejects(() => call('update', 'sys/generate-root/attempt'), isSealed)
  })
})
