import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { readMany, secretsOf } from '../../api/many.ts'
import { useTexts } from '../../texts/texts.ts'
import { download } from '../hand-over/download.ts'
import { useToast } from '../toasts/context.ts'
import type { Chosen } from './chosen.ts'
import { useWork } from './use-work.ts'
import { WorkDialog } from './work-dialog.tsx'

const partSize = 50

type Props = { readonly chosen: Chosen; readonly close: () => void }

/** Hands many secrets to the browser as one JSON file, by their names in the folder. */
export function ExportMany({ chosen: { root, folder, names }, close }: Props) {
  const { many, common } = useTexts()
  const say = useToast()
  const tools = useWork()
  const at = root + folder
  const go = async () => {
    const read = new Map<string, JsonObject>()
    const outcome = await tools.run(
      () => secretsOf(at, names),
      partSize,
      async (part) => {
        const found = await readMany(part)
        return part.map((path, index) => {
          const data = found[index]
          if (data === undefined || data instanceof Error) return data ?? new Error()
          read.set(path.slice(at.length), data as JsonObject)
          return undefined
        })
      },
    )
    if (outcome === undefined || read.size === 0) return
    const json = `${JSON.stringify(Object.fromEntries(read), null, 2)}\n`
    download('secrets.json', json)
    if (outcome.bad.length > 0 || outcome.left.length > 0) return
    say({ text: many.exported(read.size) })
    close()
  }
  return (
    <WorkDialog
      title={many.exportTitle(names.length)}
      tools={tools}
      close={close}
      folder={at}
      said={({ good }) => many.exported(good.length)}
    >
      <Stack>
        <Text>{many.exportText}</Text>
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={many.exportWarning}>
          {many.exportWarningText}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button onClick={() => void go()}>{many.exportAction}</Button>
        </Group>
      </Stack>
    </WorkDialog>
  )
}
