import { useQueryClient } from '@tanstack/react-query'
import { Overtaken, refresh } from '../../../api/secrets.ts'
import { type History, rollBack } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Confirm } from '../../confirm.tsx'
import { useToast } from '../../toasts/context.ts'
import { rollBackAction } from '../commands.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly history: History
  readonly number: number
}

/** Asks before an older version is written as the newest one. */
export function RollBack({ opened, close, history, number }: Props) {
  const texts = useTexts()
  const { history: words } = texts
  const queries = useQueryClient()
  const say = useToast()
  const run = async () => {
    try {
      return await rollBack(history, number)
    } catch (error) {
      // What is newer now is to be seen before it is tried again.
      await refresh(queries)
      throw error
    }
  }
  return (
    <Confirm
      opened={opened}
      close={close}
      title={words.rollBackTitle(number)}
      action={words.rollBack}
      isGentle
      command={() => rollBackAction(history.mount, history.name, number, history.current)}
      run={run}
      done={(made) => {
        say({ text: words.rolledBack(number, made) })
        return refresh(queries)
      }}
      called={(error) => (error instanceof Overtaken ? texts.secret.conflictTitle : undefined)}
    >
      {words.rollBackText(history.current + 1)}
    </Confirm>
  )
}
