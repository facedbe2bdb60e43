import { useQueryClient } from '@tanstack/react-query'
import { comesBack } from '../../api/many.ts'
import { deleteSecret, refresh, type Secret } from '../../api/secrets.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { Confirm } from '../confirm.tsx'
import { useToast } from '../toasts/context.ts'
import { deleteAction } from './commands.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly path: string
  readonly name: string
  readonly secret: Secret
  readonly done: () => void
}

/** Asks before a secret is deleted, and offers to bring it back. */
export function DeleteSecret({ opened, close, path, name, secret, done }: Props) {
  const texts = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const restore = async (bringBack: () => Promise<void>) => {
    try {
      await bringBack()
      say({ text: texts.secret.restored(name) })
    } catch (error) {
      say({ text: texts.troubles[troubleOf(error).kind].title, tone: 'bad' })
    }
    await refresh(queries)
  }
  return (
    <Confirm
      opened={opened}
      close={close}
      title={texts.secret.deleteTitle(name)}
      action={texts.common.delete}
      command={() => deleteAction(secret.mount, secret.name)}
      run={() => deleteSecret(secret)}
      done={async (bringBack) => {
        done()
        const canUndo = await comesBack(path).catch(() => false)
        say({
          text: texts.secret.deleted(name),
          ...(canUndo && { action: { label: texts.common.undo, run: () => void restore(bringBack) } }),
        })
        queries.removeQueries({ queryKey: ['secret', path] })
        await refresh(queries)
      }}
    >
      {texts.secret.deleteText}
    </Confirm>
  )
}
