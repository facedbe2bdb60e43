import { fileURLToPath } from 'node:url'

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
export const webFolder = `${root}web`
/** What the server serves below `/ui/`. */
export const distFolder = `${webFolder}/dist`
