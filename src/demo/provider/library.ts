/**
 * Loads oidc-provider. On loading it warns on the console of any runtime that does not call itself LTS; the
 * tests beside this file are what says that it works on ours.
 */
export async function loadLibrary(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...words)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
