import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Io } from '../src/cli/io.ts'
import { run } from '../src/cli/program.ts'
import { type FakeIo, fakeIo } from '../src/cli/testing/fake-io.ts'
import { createBrowser } from '../src/demo/provider/browser.ts'
import { type DemoProvider, startProvider } from '../src/demo/provider/provider.ts'
import { freePort } from './support/ports.ts'
import { type RunningServer, startDevServer } from './support/server.ts'
import { call, expectOk } from './support/vault.ts'

let server: RunningServer
let provider: DemoProvider
let home: string
let port: number
let comesBack: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'coffer-oidc-'))
  port = await freePort()
  comesBack = `http://localhost:${port}/oidc/callback`
  server = await startDevServer()
  const direct = `${server.address}/v1/auth/oidc/oidc/callback`
  provider = await startProvider({ port: 0, clientSecret: 'secret', redirectUris: [comesBack, direct] })
  await expectOk(server, 'POST', 'sys/auth/oidc', { type: 'oidc' })
  await expectOk(server, 'POST', 'auth/oidc/config', {
    oidc_discovery_url: provider.issuer,
    oidc_client_id: 'coffer-demo',
    oidc_client_secret: 'secret',
  })
  const role = { user_claim: 'voperson_id', allowed_redirect_uris: [comesBack, direct] }
  await expectOk(server, 'POST', 'auth/oidc/role/web', role)
  await expectOk(server, 'POST', 'auth/oidc/role/direct', { ...role, callback_mode: 'direct' })
  await expectOk(server, 'POST', 'auth/oidc/role/device', {
    ...role,
    callback_mode: 'device',
    poll_interval: 1,
  })
})
after(async () => {
  await provider?.stop()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

/** Runs `coffer login -method=oidc` with what a person does meanwhile. */
async function login(fields: readonly string[], more: Partial<Io>, options: FakeIo = {}) {
  const io = { ...fakeIo({ home, env: { VAULT_ADDR: server.address, NO_COLOR: '1' }, ...options }), ...more }
  const exit = await run(['login', '-method=oidc', ...fields], io)
  return { exit, out: io.out(), error: io.error() }
}

/** Logs in at the provider; the browser then opens where it is sent. */
async function logInAt(page: string, until: string, back = (url: string) => url) {
  const browser = createBrowser()
  const { url } = await browser.open(page)
  const { url: sent } = await browser.submit(url, { person: 'alice' }, until)
  return fetch(back(sent))
}

const stored = () => readFile(join(home, '.vault-token'), 'utf8')

describe('coffer login -method=oidc', () => {
  test('opens the browser, waits for it, and keeps the token', async () => {
    let answered: Promise<Response> | undefined
    const { exit, out, error } = await login(['role=web', `port=${port}`], {
      browse: (url) => {
        answered = logInAt(url, comesBack)
      },
    })
    assert.equal(exit, 0, error)
    assert.match(out, /You are logged in/)
    assert.match(error, /Log in on this page:\n\n {4}http/)
    const response = await answered
    assert.equal(response?.status, 200)
    assert.match((await response?.text()) ?? '', /You are logged in/)
    const looked = await call({ ...server, token: (await stored()).trim() }, 'GET', 'auth/token/lookup-self')
    assert.equal(looked.status, 200)
    assert.ok(!out.includes((await stored()).trim()), 'a token that is kept is not shown')
  })

  test('is not disturbed by answers that belong to another login', async () => {
    const statuses: number[] = []
    const { exit, error } = await login(['role=web', `port=${port}`], {
      browse: async (url) => {
        for (const path of ['/oidc/callback?state=st_000_x&code=evil', '/oidc/callback?code=evil', '/x'])
          statuses.push((await fetch(`http://localhost:${port}${path}`)).status)
        await logInAt(url, comesBack)
      },
    })
    assert.equal(exit, 0, error)
    assert.deepEqual(statuses, [400, 400, 404])
  })

  test('says why the provider or the server refused', async () => {
    const { exit, error } = await login(['role=web', `port=${port}`], {
      browse: (url) => {
        const state = new URL(url).searchParams.get('state')
        void fetch(`${comesBack}?state=${state}&error=access_denied`)
      },
    })
    assert.equal(exit, 2)
    assert.match(error, /the provider answered access_denied/)
    const elsewhere = await login(['role=web', `port=${port}`, 'callbackhost=evil.example'], {})
    assert.equal(elsewhere.exit, 2)
    assert.match(elsewhere.error, /unauthorized redirect_uri/)
  })

  test('says so when the port is taken, before a login is begun', async () => {
    const taken = createServer().listen(port, 'localhost')
    await once(taken, 'listening')
    try {
      const { exit, error } = await login(['role=web', `port=${port}`], {})
      assert.equal(exit, 1)
      assert.match(error, /cannot listen on localhost:\d+ for the browser \(EADDRINUSE\)/)
    } finally {
      taken.close()
    }
  })

  test('waits for a browser that comes back to the server', async () => {
    let page = ''
    const until = `${server.address}/v1/auth/oidc/oidc/callback`
    const { exit, error } = await login(['role=direct', 'callbackmode=direct'], {
      browse: (url) => {
        page = url
      },
      pause: async () => {
        if (page !== '') await logInAt(page, until, (url) => `${url}&confirmation=yes`)
        page = ''
      },
    })
    assert.equal(exit, 0, error)
  })

  test('shows the pages of the server in no frame, and tells nobody their address', async () => {
    const redirect_uri = `${server.address}/v1/auth/oidc/oidc/callback`
    const fields = { role: 'direct', redirect_uri, client_nonce: 'n' }
    const { body } = await call(server, 'POST', 'auth/oidc/oidc/auth_url', fields)
    const { state = '' } = (body as { data: { state?: string } }).data
    const page = await fetch(`${redirect_uri}?state=${state}&code=c`)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.match(await page.text(), /wants to log in as you/)
  })

  test('waits for a device that somebody confirms elsewhere', async () => {
    let page = ''
    const { exit, error } = await login(['role=device', 'callbackmode=device'], {
      browse: (url) => {
        page = url
      },
      pause: async () => {
        const browser = createBrowser()
        const form = await browser.open(page)
        const xsrf = /name="xsrf" value="([^"]*)"/.exec(form.text)?.[1] ?? ''
        const user_code = /name="user_code" value="([^"]*)"/.exec(form.text)?.[1] ?? ''
        const fields = { xsrf, user_code, confirm: 'yes' }
        const asked = await browser.submit(new URL('/device', form.url).href, fields)
        await browser.submit(asked.url, { person: 'alice' })
      },
    })
    assert.equal(exit, 0, error)
  })

  test('refuses what does not belong to it', async () => {
    const refused = async (...fields: string[]) => {
      const { exit, error } = await login(fields, {})
      assert.equal(exit, 1)
      return error
    }
    assert.match(await refused('jwt=x'), /"jwt" does not belong to the method oidc/)
    assert.match(await refused('port=x'), /port is a number between 1 and 65535/)
    assert.match(await refused('callbackmode=other'), /callbackmode is one of/)
    assert.match(await refused('skip_browser=perhaps'), /skip_browser is true or false/)
  })

  test('tells that the role is for another way back', async () => {
    const refused = async (...fields: string[]) => {
      const { exit, error } = await login([...fields, `port=${port}`], {})
      assert.equal(exit, 1)
      return error
    }
    assert.match(await refused('role=direct'), /give callbackmode=direct$/m)
    assert.match(await refused('role=device'), /give callbackmode=device$/m)
    const notForDevices = /not for callbackmode=device: leave callbackmode out, or give callbackmode=direct$/m
    assert.match(await refused('role=web', 'callbackmode=device'), notForDevices)
    assert.match(await refused('role=direct', 'callbackmode=device'), notForDevices)
    const notForDirect = /not for callbackmode=direct: leave callbackmode out$/m
    assert.match(await refused('role=web', 'callbackmode=direct'), notForDirect)
  })
})
