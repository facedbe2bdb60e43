import { useQueryClient } from '@tanstack/react-query'
import { deletePolicy, refreshPolicies, writePolicy } from '../../api/policies.ts'
import { troubleOf } from '../../api/trouble.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly name: string
  /** As it is stored. */
  readonly text: string
  readonly done: () => void
}

/** Asks before a policy is deleted, and offers to bring it back. */
export function DeletePolicy({ opened, close, name, text, done }: Props) {
  const texts = useTexts()
  const { policies } = texts
  const queries = useQueryClient()
  const say = useToast()
  const restore = async () => {
    try {
      await writePolicy(name, text, '')
      say({ text: policies.restored(name) })
    } catch (error) {
      say({ text: texts.troubles[troubleOf(error).kind].title, tone: 'bad' })
    }
    await refreshPolicies(queries)
  }
  return (
    <Confirm
      opened={opened}
      close={close}
      title={policies.deleteTitle(name)}
      action={texts.common.delete}
      run={() => deletePolicy(name)}
      done={() => {
        done()
        say({
          text: policies.deleted(name),
          action: { label: texts.common.undo, run: () => void restore() },
        })
        return refreshPolicies(queries)
      }}
    >
      {policies.deleteText}
    </Confirm>
  )
}
