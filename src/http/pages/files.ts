import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Encoding, takenEncodings } from './encoding.ts'

/** A file of the page, in the form that the client takes. */
export type PageFile = {
  readonly contentType: string
  readonly encoding: Encoding['name'] | undefined
  readonly bytes: Buffer
  /** Its name has a digest of what is in it. */
  readonly lasting: boolean
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

/** Names of files as the build makes them: nothing hidden, nothing to be decoded, no way up. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}\.([a-z0-9]+)$/
const maxName = 256
/** Where the build puts what it names by content. */
const assets = /^assets\/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

/** Whether a name can be that of a file alone, and of no view of the page. */
export const isAsset = (name: string): boolean => name.startsWith('assets/')

/** The files of a built page. */
export type PageFiles = {
  /**
   * Reads a file. It is taken only from where it lies: a link to somewhere else is no file of the page.
   *
   * @param name below the folder, decoded
   * @param accepted `Accept-Encoding`
   */
  read(name: string, accepted: string | undefined): Promise<PageFile | undefined>
}

type Kept = { readonly stamp: string; readonly bytes: Buffer }

/** Files that are kept in memory: more than a build has. */
const maxKept = 512

/**
 * What was read is kept while the file stays the same, so that all who load the page share one copy.
 *
 * @param folder of the built page
 */
export function createFiles(folder: string): PageFiles {
  const kept = new Map<string, Kept>()

  async function readOwn(name: string): Promise<Buffer | undefined> {
    let file: FileHandle | undefined
    try {
      const path = join(await realpath(folder), name)
      if ((await realpath(path)) !== path) return undefined
      file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
      const stat = await file.stat()
      if (!stat.isFile()) return undefined
      const stamp = `${stat.ino} ${stat.size} ${stat.mtimeMs}`
      const before = kept.get(path)
      if (before?.stamp === stamp) return before.bytes
      const bytes = await file.readFile()
      if (kept.size >= maxKept) kept.clear()
      kept.set(path, { stamp, bytes })
      return bytes
    } catch (error) {
      // What cannot be read is not there, whatever the reason.
      if (error instanceof Error && 'code' in error) return undefined
      throw error
    } finally {
      await file?.close()
    }
  }

  return {
    async read(name, accepted) {
      const ending = name.length > maxName ? undefined : namePattern.exec(name)?.[1]
      const contentType = ending !== undefined && Object.hasOwn(types, ending) ? types[ending] : undefined
      if (contentType === undefined) return undefined
      const about = { contentType, lasting: assets.test(name) }
      for (const { name: encoding, ending: suffix } of takenEncodings(accepted)) {
        const bytes = await readOwn(name + suffix)
        if (bytes !== undefined) return { ...about, encoding, bytes }
      }
      const bytes = await readOwn(name)
      return bytes === undefined ? undefined : { ...about, encoding: undefined, bytes }
    },
  }
}
