import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { comesBack, deleteMany, restoreMany, secretsOf } from '../../api/many.ts'
import { refresh } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { useToast } from '../toasts/context.ts'
import type { Chosen } from './chosen.ts'
import { inParts } from './in-parts.ts'
import { useWork } from './use-work.ts'
import { WorkDialog } from './work-dialog.tsx'

const partSize = 100

type Props = { readonly chosen: Chosen; readonly close: () => void; readonly done: () => void }

/** Asks before many secrets are deleted, and offers to bring them back. */
export function DeleteMany({ chosen: { root, folder, names }, close, done }: Props) {
  const { many, common } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const tools = useWork()
  const at = root + folder
  const isFolder = names.some((name) => name.endsWith('/'))
  const restore = async (paths: readonly string[]) => {
    const { good, bad, left } = await inParts(
      paths,
      partSize,
      restoreMany,
      () => {},
      () => false,
    )
    const isWhole = bad.length === 0 && left.length === 0
    say(
      isWhole
        ? { text: many.restored(good.length) }
        : { text: many.restoredPartly(good.length, paths.length), tone: 'bad' },
    )
    await refresh(queries)
  }
  const go = async () => {
    const outcome = await tools.run(() => secretsOf(at, names), partSize, deleteMany)
    if (outcome === undefined) return
    const { good, bad, left } = outcome
    const [first] = good
    const canUndo = first !== undefined && (await comesBack(first).catch(() => false))
    if (first !== undefined) {
      say({
        text: many.deleted(good.length),
        ...(canUndo && { action: { label: common.undo, run: () => void restore(good) } }),
      })
    }
    done()
    if (bad.length === 0 && left.length === 0) close()
  }
  return (
    <WorkDialog
      title={many.deleteTitle(names.length)}
      tools={tools}
      close={close}
      folder={at}
      said={({ good }) => many.deleted(good.length)}
    >
      <Stack>
        <Text>{isFolder ? many.deleteFolders : many.deleteText}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" onClick={() => void go()}>
            {common.delete}
          </Button>
        </Group>
      </Stack>
    </WorkDialog>
  )
}
