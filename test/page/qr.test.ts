import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import decodeQR from 'qr/decode.js'
import { bytesOf, mostBytes, type QrCode, qrOf } from '../../web/src/parts/qr/modules.ts'

/** What a scanner sees of a code, each square a few pixels wide. */
function seen({ size, path }: QrCode, scale = 4) {
  const side = size * scale
  const data = new Uint8Array(side * side * 4).fill(255)
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      const first = (row * side + Number(x) * scale) * 4
      for (let at = first; at < first + Number(width) * scale * 4; at++) if (at % 4 !== 3) data[at] = 0
    }
  }
  return { width: side, height: side, data }
}

const codeOf = (text: string): QrCode => qrOf(text) ?? assert.fail(`no code of ${bytesOf(text)} bytes`)

describe('a QR code', () => {
  test('is read again as it was, up to the longest', () => {
    for (const text of [
      'x',
      'correct horse battery staple',
      'https://coffer.example.org/ui/open#hvs.abc',
      'Grüße, 日本 👩‍🔬 \u202e<b>',
      'line\nline\ttab',
      'y'.repeat(301),
      'z'.repeat(mostBytes),
    ]) {
      assert.equal(decodeQR(seen(codeOf(text)), { timeLimit: 5000 }), text)
    }
  })

  test('has four white squares on each side', () => {
    const { size, path } = codeOf('quiet')
    const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, width]) => [x, y, width].map(Number))
    const lefts = runs.map(([x = 0]) => x)
    const rights = runs.map(([x = 0, , width = 0]) => x + width)
    const rows = runs.map(([, y = 0]) => y)
    assert.deepEqual(
      [Math.min(...lefts), Math.max(...rights), Math.min(...rows), Math.max(...rows)],
      [4, size - 4, 4, size - 5],
    )
  })

  test('is not made of what is too long, empty or no text', () => {
    for (const text of ['', 'x'.repeat(mostBytes + 1), 'é'.repeat(mostBytes / 2 + 1), 'a\ud800']) {
      assert.equal(qrOf(text), undefined)
    }
  })
})
