import { below, useMount } from '../../../api/secrets.ts'
import { Command } from '../../command/command.tsx'
import { copyAction, moveAction } from '../commands.ts'

type Props = {
  readonly kind: 'move' | 'copy'
  /** Whole paths, and the places that they are in. */
  readonly from: { readonly root: string; readonly path: string }
  readonly to: { readonly root: string; readonly path: string }
}

/** How a secret is moved or copied on a command line. */
export function TargetCommand({ kind, from, to }: Props) {
  const { data: source } = useMount(from.root)
  const { data: target } = useMount(to.root)
  if (kind === 'move') return <Command of={() => moveAction(from.path, to.path)} />
  if (source === undefined || target === undefined) return null
  return <Command of={() => copyAction(source, below(source, from.path), target, below(target, to.path))} />
}
