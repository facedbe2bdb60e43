import type { Brand } from '../base/brand.ts'

/** A path below `/v1/` that passed the rules of `http/path.ts`: decoded, canonical, no leading slash. */
export type RequestPath = Brand<string, 'RequestPath'>
