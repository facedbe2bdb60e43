import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mayRedirect } from './redirect.ts'

describe('the address that a login comes back to', () => {
  it('is one of those that are allowed, to the letter', () => {
    const allowed = ['https://coffer.example/ui/callback', 'http://localhost:8250/oidc/callback']
    for (const uri of allowed) assert.ok(mayRedirect(uri, allowed))
    for (const uri of [
      'https://coffer.example/ui/callback/',
      'https://coffer.example/ui/callback?x',
      'https://coffer.example:8443/ui/callback',
      'http://coffer.example/ui/callback',
      'https://COFFER.example/ui/callback',
      '',
    ]) {
      assert.ok(!mayRedirect(uri, allowed), uri)
    }
  })
  it('has any port on this machine, and nothing else of its own', () => {
    const allowed = ['http://localhost/oidc/callback', 'http://127.0.0.1:1/a?b=c', 'http://[::1]/x']
    for (const uri of ['http://localhost:9/oidc/callback', 'http://127.0.0.1/a?b=c', 'http://[::1]:44/x'])
      assert.ok(mayRedirect(uri, allowed), uri)
    for (const uri of [
      'https://localhost/oidc/callback',
      'http://localhost:9/oidc/callback2',
      'http://localhost:9/oidc/x/../callback',
      'http://localhost:9/oidc/callback#x',
      'http://user@localhost:9/oidc/callback',
      'http://127.0.0.1/oidc/callback',
      'http://127.0.0.1.evil.example/a?b=c',
      'http:localhost/oidc/callback',
      'http://LOCALHOST/oidc/callback',
    ]) {
      assert.ok(!mayRedirect(uri, allowed), uri)
    }
  })
  it('never leads to another host', () => {
    const allowed = ['http://localhost/cb', 'https://coffer.example/cb']
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()),
        (uri) => {
          if (mayRedirect(uri, allowed)) {
            assert.ok(['localhost', 'coffer.example'].includes(new URL(uri).hostname))
          }
        },
      ),
    )
  })
})
