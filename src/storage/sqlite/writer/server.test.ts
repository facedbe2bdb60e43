import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import type { StorageKey } from '../../store.ts'
import { connectWriter } from '../schema.ts'
import { connectGuest } from './guest.ts'
import { createOwner } from './owner.ts'
import { createEncoder } from './protocol/codec.ts'
import { frameKinds, readFrames, sendFrame, sendJson } from './protocol/frames.ts'
import { type Answers, protocol } from './protocol/messages.ts'
import { forgetAddress, startCommitServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-server-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

async function serve(t: TestContext, path = join(folder, `s${++count}`)) {
  mkdirSync(dirname(path), { recursive: true })
  const db = connectWriter(path, undefined)
  const server = await startCommitServer(
    path,
    createOwner(db, 'owner', () => {}),
  )
  t.after(() => {
    server.stop()
    server.release()
    db.close()
  })
  return { db, server }
}

/** Connects, says something, and waits for the end. @returns the kinds of the frames that came back */
function say(address: string, first: (socket: Socket) => void): Promise<number[]> {
  return new Promise((resolve) => {
    const kinds: number[] = []
    const socket = createConnection(address, () => first(socket))
    socket.on('error', () => {})
    socket.on('close', () => resolve(kinds))
    readFrames(socket, (kind) => {
      kinds.push(kind)
      socket.destroy()
    })
  })
}

const batch = (number: number, name: string) => {
  const encoder = createEncoder()
  encoder.add(number, { put: [{ key: name as StorageKey, value: Buffer.from('1') }] }, Number)
  return encoder.take()
}

describe('the socket of the process that writes', () => {
  test('lies in a folder that nobody else may enter, and goes with it', async (t) => {
    const { server } = await serve(t)
    assert.equal(statSync(server.address).mode & 0o777, 0o600)
    assert.equal(statSync(dirname(server.address)).mode & 0o777, 0o700)
    assert.equal(dirname(dirname(server.address)), folder)
    server.stop()
    assert.ok(!existsSync(dirname(server.address)))
  })

  test('of one that died is removed, and nothing else that the file may name', async (t) => {
    const path = join(folder, `s${++count}`)
    const { server } = await serve(t, path)
    const name = basename(dirname(server.address)).slice(0, -6)
    const place = (end: string, mode = 0o700) => {
      const made = join(folder, `${name}${end}`)
      mkdirSync(made, { mode })
      return made
    }
    const left = join(place('left00'), 'socket')
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ])
    assert.ok(statSync(left).isSocket())
    forgetAddress(path, left)
    assert.ok(!existsSync(dirname(left)))

    const victim = join(folder, 'victim')
    writeFileSync(victim, 'mine')
    const file = join(place('file00'), 'socket')
    writeFileSync(file, 'mine')
    const link = join(place('link00'), 'socket')
    symlinkSync(victim, link)
    const beside = join(place('more00'), 'other')
    writeFileSync(beside, 'mine')
    const linked = join(folder, `${name}linked`)
    symlinkSync(dirname(file), linked)
    for (const address of [
      victim,
      file,
      link,
      beside,
      join(dirname(beside), 'socket'),
      join(linked, 'socket'),
    ]) {
      forgetAddress(path, address)
    }
    for (const kept of [victim, file, link, beside, linked]) assert.ok(existsSync(kept), kept)
    const open = join(place('open00'), 'socket')
    chmodSync(dirname(open), 0o777)
    forgetAddress(path, open)
    assert.ok(existsSync(dirname(open)))
  })

  test('lies elsewhere where the path of the file is too long for one', async (t) => {
    const path = join(folder, 'a-long-name-'.repeat(8), 'store')
    const { server } = await serve(t, path)
    assert.equal(dirname(dirname(server.address)), tmpdir())
    const link = await connectGuest(server, 'guest', 1000, { answers() {}, lost() {} })
    assert.ok(link?.isOpen())
    link?.end()
  })

  test('welcomes who knows what stands in the file, and nobody else', async (t) => {
    const { server } = await serve(t)
    const { address, token } = server
    const hello = { protocol, token, process: 'guest' }
    const greeting = (body: unknown) => (socket: Socket) => sendJson(socket, frameKinds.hello, body)
    assert.deepEqual(await say(address, greeting(hello)), [frameKinds.welcome])
    for (const stranger of [
      { ...hello, token: '' },
      { ...hello, token: `${token.slice(0, -1)}.` },
      { ...hello, token: `${token}x` },
      { ...hello, token: [token] },
      { ...hello, protocol: protocol + 1 },
      { ...hello, process: undefined },
      { ...hello, process: '' },
      { ...hello, process: 'x'.repeat(65) },
      [],
      'hello',
    ]) {
      assert.deepEqual(await say(address, greeting(stranger)), [], JSON.stringify(stranger))
    }
    const others: ((socket: Socket) => void)[] = [
      (socket) => sendJson(socket, frameKinds.welcome, hello),
      (socket) => sendFrame(socket, frameKinds.commits, Buffer.alloc(8), batch(1, 'a')),
      (socket) => sendFrame(socket, frameKinds.hello, Buffer.from('no JSON')),
      (socket) => socket.write('GET / HTTP/1.1\r\n\r\n'),
    ]
    for (const other of others) assert.deepEqual(await say(address, other), [])
  })

  test('takes no memory for a long greeting', async (t) => {
    // So that nothing else ends the connection.
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { server } = await serve(t)
    const head = Buffer.alloc(5, frameKinds.hello)
    // The connection ends with the head: nothing behind it is waited for.
    head.writeUInt32LE(600)
    assert.deepEqual(await say(server.address, (socket) => socket.write(head)), [])
  })

  test('ends a connection that says nothing', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { server } = await serve(t)
    const over = say(server.address, () => {})
    // The server starts its timer when it accepts, so time goes on until it has.
    const ticking = setInterval(() => t.mock.timers.tick(1000), 1)
    assert.deepEqual(await over, [])
    clearInterval(ticking)
  })

  test('applies what it is sent, and ends with a frame that it does not know', async (t) => {
    const { db, server } = await serve(t)
    const answered = Promise.withResolvers<Answers>()
    const lost = Promise.withResolvers<void>()
    const link = await connectGuest(server, 'guest', 1000, { answers: answered.resolve, lost: lost.resolve })
    link?.send([batch(1, 'a')], 1)
    assert.deepEqual(await answered.promise, { landed: [1, 1], conflicts: [], failed: [] })
    assert.equal(db.prepare('SELECT key FROM rows').get()?.key, 'a')
    link?.send([Buffer.from('nonsense')], 1)
    await lost.promise
    assert.equal(link?.isOpen(), false)
  })

  test('listens to the newest connection of a process alone', async (t) => {
    const { server } = await serve(t)
    const lost = Promise.withResolvers<void>()
    const first = await connectGuest(server, 'guest', 1000, { answers() {}, lost: lost.resolve })
    const other = await connectGuest(server, 'other', 1000, { answers() {}, lost() {} })
    const second = await connectGuest(server, 'guest', 1000, { answers() {}, lost() {} })
    await lost.promise
    assert.deepEqual(
      [first, other, second].map((link) => link?.isOpen()),
      [false, true, true],
    )
    for (const link of [other, second]) link?.end()
  })
})
