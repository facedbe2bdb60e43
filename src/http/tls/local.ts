import { randomBytes, X509Certificate } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../base/errors.ts'
import { issueAuthority, issueLeaf, leafDays, type Pair } from './issue.ts'
import { type HostName, machineName, requiredNames, subtree } from './names.ts'

/** Where the local authority keeps what it made. */
export type LocalFiles = {
  /** The authority's certificate, for clients to trust. */
  readonly ca: string
  /** The authority's key and certificate; mode 0600. */
  readonly caKey: string
  /** The server's key and certificate; mode 0600. */
  readonly server: string
}

export function localFiles(folder: string): LocalFiles {
  return { ca: join(folder, 'ca.pem'), caKey: join(folder, 'ca-key.pem'), server: join(folder, 'server.pem') }
}

/**
 * Sees to it that the folder holds an authority of this machine's own and a server certificate by it that is
 * good for the coming weeks: makes what is missing, and renews a certificate after two thirds of its life. A
 * name that the authority does not cover makes a new authority, which clients have to be given anew.
 *
 * @param configured names and addresses beside localhost, 127.0.0.1, ::1 and the machine's name
 * @param now milliseconds since 1970
 * @throws invalid_config for unusable names and for files that others can read or that hold no key
 */
export async function ensureLocalCertificate(
  folder: string,
  configured: readonly string[],
  now: number,
): Promise<LocalFiles> {
  const files = localFiles(folder)
  const required = requiredNames(configured)
  const own = machineName()
  const wanted =
    own === undefined || required.some(({ text }) => text === own.text) ? required : [...required, own]
  await mkdir(folder, { recursive: true })

  const stored = await readPair(files.caKey)
  const authority =
    stored !== undefined && covers(stored, required) && lasts(stored, now)
      ? stored
      : await replaceAuthority(files, stored, await issueAuthority(wanted, now))
  if ((await readText(files.ca)) !== authority.certificate)
    await replace(files.ca, authority.certificate, 0o644)

  // A machine that was renamed keeps its authority, to which its clients hold; the new name has to wait.
  const names = wanted.filter((name) => covers(authority, [name]))
  const server = await readPair(files.server)
  if (server === undefined || !isGood(server, authority, names, now)) {
    await replace(files.server, (await issueLeaf(authority, names, now)).pem, 0o600)
  }
  return files
}

function covers(authority: Pair, names: readonly HostName[]): boolean {
  const { raw } = new X509Certificate(authority.certificate)
  return names.every((name) => raw.includes(subtree(name)))
}

/** Whether a certificate made now would not outlive its authority. */
function lasts(authority: Pair, now: number): boolean {
  return Date.parse(new X509Certificate(authority.certificate).validTo) > now + leafDays * 86_400_000
}

function isGood(server: Pair, authority: Pair, names: readonly HostName[], now: number): boolean {
  const certificate = new X509Certificate(server.certificate)
  const begin = Date.parse(certificate.validFrom)
  const renewal = begin + (Date.parse(certificate.validTo) - begin) * (2 / 3)
  if (now < begin || now >= renewal) return false
  if (!certificate.verify(new X509Certificate(authority.certificate).publicKey)) return false
  return names.every(({ kind, text }) =>
    kind === 'ip'
      ? certificate.checkIP(text) !== undefined
      : certificate.checkHost(text.replace(/^\*\./, 'any.'), { subject: 'never' }) !== undefined,
  )
}

/** Of several processes that start at once, the first to have an authority gives it to all. */
async function replaceAuthority(files: LocalFiles, stored: Pair | undefined, made: Pair): Promise<Pair> {
  if (stored !== undefined) {
    await replace(files.caKey, made.pem, 0o600)
    return made
  }
  const draft = await writeDraft(files.caKey, made.pem, 0o600)
  try {
    await link(draft, files.caKey)
    return made
  } catch (error) {
    const theirs = isCode(error, 'EEXIST') ? await readPair(files.caKey) : undefined
    if (theirs === undefined) throw error
    return theirs
  } finally {
    await rm(draft, { force: true })
  }
}

async function readPair(file: string): Promise<Pair | undefined> {
  const pem = await readText(file)
  if (pem === undefined) return undefined
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0) fail('invalid_config', `others can read the private key in ${file}: chmod 600 it`)
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(pem)?.[0]
  if (certificate === undefined || !pem.includes('-----BEGIN PRIVATE KEY-----')) {
    fail('invalid_config', `${file} holds no key with its certificate; remove it to have it made anew`)
  }
  return { pem, certificate }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whoever reads the file sees the old text or the new one, never a part. */
async function replace(file: string, text: string, mode: number): Promise<void> {
  await rename(await writeDraft(file, text, mode), file)
}

async function writeDraft(file: string, text: string, mode: number): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode, flag: 'wx', flush: true })
  return draft
}

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code
