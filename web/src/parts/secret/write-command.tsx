import { below, type Secret, useMount } from '../../api/secrets.ts'
import { Command } from '../command/command.tsx'
import { writeAction } from './commands.ts'

type Props = {
  readonly folder: string
  readonly name: string
  /** Of its fields. */
  readonly names: readonly string[]
  readonly base: Secret | null
}

/** How a secret is written on a command line, so that nobody else's change is lost. */
export function WriteCommand({ folder, name, names, base }: Props) {
  const { data: mount } = useMount(folder)
  if (mount === undefined) return null
  const cas = base === null ? 0 : base.version
  return <Command of={() => writeAction(mount, below(mount, folder + name), names, cas)} />
}
