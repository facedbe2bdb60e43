import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fileName } from '../../web/src/parts/hand-over/file-name.ts'
import { dataOf, fieldsOf } from '../../web/src/parts/secret/fields.ts'
import { binaryOf, bytesOfValue, fieldOfFile, isFile } from '../../web/src/parts/secret/files/file.ts'
import { sizeText } from '../../web/src/texts/sizes.ts'

describe('files in a secret', () => {
  test('come back as they were, whatever they are called', () => {
    const texts = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('text', 'x9kdWq20', ''))
    const some = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      texts.map((text) => Buffer.from(text)),
    )
    const names = fc.oneof(fc.string(), fc.constantFrom('a.bin', 'id_rsa', 'notes.txt', 'a.tar.gz', '.env'))
    fc.assert(
      fc.property(names, some, (given, content) => {
        const { name, value } = fieldOfFile(given, new Uint8Array(content))
        assert.deepEqual(bytesOfValue(name, value), new Uint8Array(content))
      }),
    )
  })

  test('are text where they are text, and standard base64 otherwise', () => {
    const text = '\ufeffgrüße\n'
    assert.deepEqual(fieldOfFile('a.bin', Buffer.from(text)), { name: 'a.bin', value: text, kind: 'text' })
    const bytes = Buffer.from([0, 255, 10, 13, 128])
    const value = bytes.toString('base64')
    assert.deepEqual(fieldOfFile('a.bin', bytes), { name: 'a.bin', value, kind: 'file' })
    assert.deepEqual(fieldOfFile('a.txt', bytes), { name: 'a.txt.bin', value, kind: 'file' })
    assert.equal(fieldOfFile('a', Buffer.from('a\0b')).kind, 'file', 'what has a null byte is no text')
  })

  test('a password is none, whatever it is base64 of', () => {
    assert.equal(binaryOf('password', 'x9kdWq20'), undefined)
    assert.equal(binaryOf('token.txt', 'x9kdWq20'), undefined)
    assert.equal(isFile('password', 'x9kdWq20'), false)
    assert.equal(binaryOf('notes.txt', 'not base64'), undefined)
    assert.equal(isFile('key', 'one\ntwo'), true)
  })

  test('a field with a file is kept as it is by an edit', () => {
    const data = { 'a.bin': '/wA=', 'b.txt': 'text', c: 3 }
    assert.deepEqual(
      fieldsOf(data).map(({ kind }) => kind),
      ['file', 'text', 'json'],
    )
    assert.deepEqual(dataOf(fieldsOf(data)), data)
  })

  test('a name for the disk has no folder and nothing that hides its ending', () => {
    assert.equal(fileName('../../etc/passwd'), '.._.._etc_passwd')
    assert.equal(fileName('a\u202egpj.exe\n'), 'agpj.exe')
    assert.equal(fileName('\u0000'), 'file')
  })

  test('a size is written for people', () => {
    assert.equal(sizeText({ code: 'en' }, 999), '999 byte')
    assert.equal(sizeText({ code: 'en' }, 1000), '1 kB')
    assert.equal(sizeText({ code: 'en' }, 12_345), '12.3 kB')
    assert.equal(sizeText({ code: 'de' }, 2_000_000), '2 MB')
  })
})
