/** 2,048 English words that are easily told apart, so that each is worth eleven bits. Loaded when it is wanted. */
export const loadWords = async (): Promise<readonly string[]> =>
  (await import('@scure/bip39/wordlists/english.js')).wordlist

/** How many there are. */
export const wordCount = 2048
