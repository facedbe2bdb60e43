// `node server.ts PLANT ARGUMENT...`: Coffer with a store that does wrong now and then, which the checker of histories
// has to notice.
import { registerHooks } from 'node:module'

const real = new URL('../../../src/storage/open.ts', import.meta.url).href
const spoilt = new URL('open.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    return resolved.url === real && context.parentURL !== spoilt ? { ...resolved, url: spoilt } : resolved
  },
})
process.env.COFFER_PLANT = process.argv.splice(2, 1)[0] ?? ''
await import('../../../src/cli/main.ts')
