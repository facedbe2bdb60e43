import { loadWords, wordCount } from './words.ts'

export type Recipe =
  | {
      readonly kind: 'characters'
      readonly length: number
      readonly capitals: boolean
      readonly digits: boolean
      readonly symbols: boolean
    }
  | { readonly kind: 'words'; readonly count: number }

const small = 'abcdefghijkmnopqrstuvwxyz'
const sets = { capitals: 'ABCDEFGHJKLMNPQRSTUVWXYZ', digits: '23456789', symbols: '!#$%&*+-./:;=?@_~' }

export type Draw = (below: number) => number

/** A whole number below a bound, evenly drawn by the browser's cryptography. */
export const draw: Draw = (below) => {
  const limit = 2 ** 32 - (2 ** 32 % below)
  for (;;) {
    const [value = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (value < limit) return value % below
  }
}

const pick = (from: string, below: Draw): string => from[below(from.length)] ?? ''

/** A value by a recipe; of characters, with one at least of each kind that was asked for. */
export async function generate(recipe: Recipe, below: Draw = draw): Promise<string> {
  if (recipe.kind === 'words') {
    const words = await loadWords()
    return Array.from({ length: recipe.count }, () => words[below(words.length)]).join('-')
  }
  const kinds = kindsOf(recipe)
  const all = kinds.join('')
  for (;;) {
    const text = Array.from({ length: recipe.length }, () => pick(all, below)).join('')
    if (recipe.length < kinds.length || kinds.every((kind) => [...text].some((one) => kind.includes(one))))
      return text
  }
}

const kindsOf = (recipe: Recipe & { kind: 'characters' }): string[] => [
  small,
  ...(['capitals', 'digits', 'symbols'] as const).filter((name) => recipe[name]).map((name) => sets[name]),
]

/** How many bits somebody who knows the recipe has to guess. */
export function bitsOf(recipe: Recipe): number {
  const choices = recipe.kind === 'words' ? wordCount : kindsOf(recipe).join('').length
  return Math.floor((recipe.kind === 'words' ? recipe.count : recipe.length) * Math.log2(choices))
}
