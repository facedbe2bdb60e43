import { useQueryClient } from '@tanstack/react-query'
import { refresh } from '../../../api/secrets.ts'
import { destroyVersion, type History } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Confirm } from '../../confirm.tsx'
import { useToast } from '../../toasts/context.ts'
import { destroyAction } from '../commands.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly history: History
  readonly number: number
}

/** Asks before a version is removed for good. */
export function DestroyVersion({ opened, close, history, number }: Props) {
  const { history: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  return (
    <Confirm
      opened={opened}
      close={close}
      title={words.destroyTitle(number)}
      action={words.destroy}
      command={() => destroyAction(history.mount, history.name, number)}
      run={() => destroyVersion(history, number)}
      done={() => {
        say({ text: words.nowDestroyed(number) })
        return refresh(queries)
      }}
    >
      {words.destroyText}
    </Confirm>
  )
}
