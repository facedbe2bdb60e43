import { InvalidArgumentError } from 'commander'
import { isDuration } from '../input/duration.ts'

/** A flag of a command. Its name is the camel-case key that it is declared under: `keyShares` is `-key-shares`. */
export type Flag<T> = {
  readonly help: string
  /** What stands for the value in the help; absent for a switch, which takes `true` or `false` after `=`. */
  readonly placeholder?: string
  /** Other names, without dashes. */
  readonly aliases?: readonly string[]
  /** The heading that it stands under in the help. */
  readonly group?: string
  /** @throws InvalidArgumentError */
  parse(text: string, previous: T | undefined): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: (F[K] extends Flag<infer T> ? T : never) | undefined
}

type About = Pick<Flag<unknown>, 'aliases' | 'group' | 'placeholder'>

export const flagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export const text = (help: string, placeholder = 'text', about: About = {}): Flag<string> => ({
  help,
  placeholder,
  ...about,
  parse: (value) => value,
})

export const choice = <const T extends string>(
  help: string,
  values: readonly T[],
  about: About = {},
): Flag<T> => ({
  help,
  placeholder: values.join('|'),
  ...about,
  parse: (value) => {
    const known = values.find((one) => one === value.toLowerCase())
    if (known === undefined) throw new InvalidArgumentError(`It is one of ${values.join(', ')}.`)
    return known
  },
})

export const onOff = (help: string, about: About = {}): Flag<boolean> => ({
  help,
  ...about,
  parse: (value) => {
    const on = switchValue(value)
    if (on === undefined) throw new InvalidArgumentError('It is true or false.')
    return on
  },
})

/** A boolean as Vault's tools write them. */
export function switchValue(value: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(value)) return true
  return /^(0|f|false)$/i.test(value) ? false : undefined
}

export const whole = (help: string, placeholder = 'number', about: About = {}): Flag<number> => ({
  help,
  placeholder,
  ...about,
  parse: (value) => {
    if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('It is a whole number.')
    return Number(value)
  },
})

/** A span of time; passed on as it is written. */
export const duration = (help: string, about: About = {}): Flag<string> => ({
  help,
  placeholder: 'duration',
  ...about,
  parse: (value) => {
    if (!isDuration(value))
      throw new InvalidArgumentError('It is seconds, or a duration such as 30s, 5m or 1h30m.')
    return value
  },
})

/** A flag that may be given several times. */
export const texts = (help: string, placeholder = 'text', about: About = {}): Flag<readonly string[]> => ({
  help: `${help} May be given several times.`,
  placeholder,
  ...about,
  parse: (value, previous = []) => [...previous, value],
})

export const wholes = (help: string, placeholder = 'number', about: About = {}): Flag<readonly number[]> => ({
  help,
  placeholder,
  ...about,
  parse: (value, previous = []) => {
    const items = value.split(',')
    if (!items.every((item) => /^\d{1,15}$/.test(item))) {
      throw new InvalidArgumentError('It is a list of whole numbers, separated by commas.')
    }
    return [...previous, ...items.map(Number)]
  },
})

/** `name=value` pairs; the flag may be given several times. */
export const pairs = (help: string, about: About = {}): Flag<Readonly<Record<string, string>>> => ({
  help: `${help} May be given several times.`,
  placeholder: 'name=value',
  ...about,
  parse: (value, previous = {}) => {
    const at = value.indexOf('=')
    if (at < 1) throw new InvalidArgumentError('It has the form name=value.')
    return Object.fromEntries([...Object.entries(previous), [value.slice(0, at), value.slice(at + 1)]])
  },
})
