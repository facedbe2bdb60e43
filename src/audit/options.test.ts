import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deviceOptions, processPath } from './options.ts'

const options = (given: Record<string, string>) => deviceOptions('file', given)
const refused = (given: Record<string, string>, message: RegExp) =>
  assert.throws(() => options(given), { code: 'invalid_request', message })

describe('the options of a file audit device', () => {
  it('have the defaults of Vault', () => {
    assert.deepEqual(options({ file_path: '/log/audit.log' }), {
      destination: { kind: 'file', path: '/log/audit.log', mode: 0o600 },
      render: { raw: false, hmacAccessor: true, elideListResponses: false },
    })
  })

  it('take the spellings of true and false that Vault takes', () => {
    const { render } = options({
      file_path: 'discard',
      log_raw: 'T',
      hmac_accessor: '0',
      elide_list_responses: 'TRUE',
    })
    assert.deepEqual(render, { raw: true, hmacAccessor: false, elideListResponses: true })
    refused({ file_path: 'discard', log_raw: 'yes' }, /log_raw/)
  })

  it('name standard output and the void in any case', () => {
    assert.deepEqual(options({ file_path: 'STDOUT' }).destination, { kind: 'stdout' })
    assert.deepEqual(options({ path: 'Discard' }).destination, { kind: 'discard' })
  })

  it('need a path, an absolute one without detours', () => {
    refused({}, /file_path is required/)
    refused({ file_path: '' }, /file_path is required/)
    for (const path of [
      'audit.log',
      './a',
      '/log/../etc/x',
      '/log/./x',
      '/log/',
      '/a\nb',
      `/${'x'.repeat(5000)}`,
    ]) {
      refused({ file_path: path }, /file_path/)
    }
  })

  it('name no file that may be the one of a further process', () => {
    for (const path of ['/log/audit.log', '/log/.audit', '/log.d/audit', '/log/a.b.c']) {
      options({ file_path: path })
      for (const process of ['1', '12']) {
        refused({ file_path: processPath(path, process) }, /further processes/)
      }
    }
    options({ file_path: '/log/audit.p.log' })
    options({ file_path: '/log/map1.log' })
  })

  it('set the mode in octal, never one that lets the log be executed', () => {
    const mode = (text: string) => {
      const { destination } = options({ file_path: '/a', mode: text })
      return destination.kind === 'file' ? destination.mode : assert.fail()
    }
    assert.equal(mode('0640'), 0o640)
    assert.equal(mode('777'), 0o666)
    assert.equal(mode('0000'), undefined)
    for (const text of ['0o600', '4755', '99999', 'rw', '0888'])
      refused({ file_path: '/a', mode: text }, /mode/)
  })

  it('refuse other formats, prefixes, unknown names and other kinds of devices', () => {
    refused({ file_path: '/a', format: 'jsonx' }, /format/)
    refused({ file_path: '/a', prefix: '#!/bin/sh' }, /prefix/)
    refused({ file_path: '/a', filter: 'x', b: 'y' }, /unknown options .*: b, filter/)
    assert.throws(() => deviceOptions('kafka', {}), {
      code: 'invalid_request',
      message: 'unknown backend type: "kafka"',
    })
  })
})

describe('the file of one of several processes', () => {
  it('has the process in its name', () => {
    assert.equal(processPath('/log/audit.log', ''), '/log/audit.log')
    assert.equal(processPath('/log/audit.log', '2'), '/log/audit.p2.log')
    assert.equal(processPath('/log.d/audit', '2'), '/log.d/audit.p2')
    assert.equal(processPath('/log/.audit', '2'), '/log/.audit.p2')
  })
})
