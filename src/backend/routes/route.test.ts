import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRoute } from './route.ts'

test('a route that declares create has to tell what exists', () => {
  const declaration = { path: 'x', summary: 'x', operations: { create: () => ({}) } }
  assert.throws(() => openRoute(declaration), /declares create, and nothing tells what exists/)
  openRoute({ ...declaration, exists: async () => false })
})
