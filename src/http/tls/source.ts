import { readFile, stat } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { fail } from '../../base/errors.ts'
import { ensureLocalCertificate, localFiles } from './local.ts'

/** Where a listener's certificate comes from. */
export type CertificateSource = {
  /** Loads it. @throws invalid_config when there is none, or the key is another certificate's */
  read(): Promise<SecureContextOptions>
  /** A text that changes whenever the certificate does. A source that renews its own does so here. */
  stamp(): Promise<string>
}

/** A certificate that somebody else keeps, in PEM files. */
export function fileSource(
  certFile: string,
  keyFile: string,
  clientCaFile: string | undefined,
): CertificateSource {
  const files = [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])]
  return {
    stamp: () => stampOf(files),
    async read() {
      const [cert, key, ca] = (await Promise.all(files.map(load))) as [Buffer, Buffer, Buffer | undefined]
      const options = ca === undefined ? { cert, key } : { cert, key, ca }
      try {
        createSecureContext(options)
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'they do not load'
        fail('invalid_config', `${certFile} and ${keyFile} are no certificate and its key: ${reason}`)
      }
      return options
    },
  }
}

/** A certificate by an authority of this machine's own, made when first needed. */
export function localSource(
  folder: string,
  names: readonly string[],
  clientCaFile: string | undefined,
  now: () => number,
): CertificateSource {
  const { server } = localFiles(folder)
  const files = fileSource(server, server, clientCaFile)
  const ensure = () => ensureLocalCertificate(folder, names, now())
  return {
    async read() {
      await ensure()
      return await files.read()
    },
    async stamp() {
      await ensure()
      return await files.stamp()
    },
  }
}

async function load(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch {
    fail('invalid_config', `${file} cannot be read`)
  }
}

async function stampOf(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    files.map(async (file) => {
      const { ino, size, mtimeMs } = await stat(file)
      return `${ino}.${size}.${mtimeMs}`
    }),
  )
  return parts.join(' ')
}
