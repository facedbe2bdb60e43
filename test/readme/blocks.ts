/** A fenced block of a Markdown page. */
export type Block = {
  /** What stands behind the fence, word by word: `sh`, `test`, … */
  readonly words: readonly string[]
  readonly text: string
  /** 1 for the first line of the page. */
  readonly line: number
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    words: (match[1] ?? '').split(' '),
    text: match[2] ?? '',
    line: page.slice(0, match.index).split('\n').length,
  }))
}

/** Whether printed text is what a page shows; `…` in the page stands for anything. */
export function matches(printed: string, shown: string): boolean {
  const parts = shown
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(printed.trim())
}
