import { useQueryClient } from '@tanstack/react-query'
import { type Deleted, endForGood } from '../../api/bin.ts'
import { refresh } from '../../api/secrets.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly deleted: Deleted; readonly name: string; readonly close: () => void }

/** Asks before what was deleted is removed for good. */
export function EndForGood({ deleted, name, close }: Props) {
  const { bin } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  return (
    <Confirm
      opened
      close={close}
      title={bin.endTitle(name)}
      action={bin.end}
      run={() => endForGood(deleted)}
      done={() => {
        say({ text: bin.ended(name) })
        return refresh(queries)
      }}
    >
      {deleted.kind === 'bin' ? bin.endText : bin.endVersionText}
    </Confirm>
  )
}
