import { extname } from 'node:path'

/** The module `name` beside the one at `url`, whether they are sources or compiled. */
export function besideThis(url: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(url).pathname)}`, url)
}
