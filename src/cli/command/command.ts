import type { Io } from '../io.ts'
import type { Flags, FlagValues } from './flag.ts'

/** A positional argument: exactly one, one or none, or any number. Its name is the key it is declared under. */
export type Argument<T> = {
  readonly help: string
  readonly count: 'one' | 'maybe' | 'any'
  readonly type?: T
}
export type Arguments = Readonly<Record<string, Argument<unknown>>>
export type ArgumentValues<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends Argument<infer T> ? T : never
}

export const one = (help: string): Argument<string> => ({ help, count: 'one' })
export const maybe = (help: string): Argument<string | undefined> => ({ help, count: 'maybe' })
export const any = (help: string): Argument<readonly string[]> => ({ help, count: 'any' })

export type Call<A extends Arguments, F extends Flags> = {
  readonly args: ArgumentValues<A>
  readonly flags: FlagValues<F>
  readonly io: Io
}

export type Spec<A extends Arguments, F extends Flags> = {
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly details?: string
  /** What each shows, and the command line. */
  readonly examples: readonly (readonly [string, string])[]
  readonly args: A
  /** The arguments as the usage line shows them, where their order does not tell it. */
  readonly usage?: string
  readonly flags: F
  /** What is going on, for the error text: `reading secret/app`. */
  readonly doing: (call: Call<A, F>) => string
  /** The exit code when the server refuses or cannot be reached; 2 if absent. */
  readonly failure?: number
  /** Answers the exit code. */
  readonly run: (call: Call<A, F>) => Promise<number>
}

/** A command whose own types of arguments and flags are closed up in `invoke`. */
export type Command = Omit<Spec<Arguments, Flags>, 'run' | 'doing'> & {
  readonly doing: (values: Values) => string
  readonly run: (values: Values) => Promise<number>
}

/** What the parser found; it has the types that the command declared. */
export type Values = {
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, unknown>>
  readonly io: Io
}

export type Family = {
  readonly name: string
  readonly summary: string
  /** The name of the command that is meant where none is given. */
  readonly standard?: string
  readonly commands: readonly (Command | Family)[]
}

/** What is loaded when it is asked for: no command waits for the code of the others. */
export type Deferred = {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command | Family>
  readonly isFamily?: true
}

export type Catalogue = readonly (Command | Family)[]
export type OpenCatalogue = readonly (Command | Family | Deferred)[]

/** Loads what a command line may mean; the others keep their name and summary. */
export const loadCatalogue = (
  catalogue: OpenCatalogue,
  meant: (name: string) => boolean,
): Promise<Catalogue> =>
  Promise.all(
    catalogue.map((entry) => {
      if (!('load' in entry)) return entry
      return meant(entry.name) ? entry.load() : placeholder(entry)
    }),
  )

const placeholder = ({ name, summary, isFamily }: Deferred): Command | Family =>
  isFamily === true
    ? { name, summary, commands: [] }
    : defineCommand({
        name,
        summary,
        examples: [],
        args: {},
        flags: {},
        doing: () => name,
        run: async () => 1,
      })

export const isFamily = (entry: Command | Family): entry is Family => 'commands' in entry

export function defineCommand<A extends Arguments, F extends Flags>(spec: Spec<A, F>): Command {
  // The parser builds the values from these very declarations, so they have these types.
  const typed = (values: Values) => values as Call<A, F>
  return { ...spec, doing: (values) => spec.doing(typed(values)), run: (values) => spec.run(typed(values)) }
}
