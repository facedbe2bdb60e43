import { Alert, Button, FileButton, Stack } from '@mantine/core'
import { IconAlertTriangle, IconPaperclip } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useState } from 'react'
import { sizeText } from '../../../texts/sizes.ts'
import { useTexts } from '../../../texts/texts.ts'
import { type Field, newField } from '../fields.ts'
import { fieldOfFile, fileLimit } from './file.ts'
import classes from './file-drop.module.css'

type Props = { readonly add: (fields: readonly Field[]) => void; readonly children: ReactNode }

/** Fields, with files that are dropped on them or chosen. */
export function FileDrop({ add, children }: Props) {
  const { files, code } = useTexts()
  const [over, setOver] = useState(false)
  const [fault, setFault] = useState<string>()
  const take = async (chosen: readonly File[]) => {
    setFault(undefined)
    const large = chosen.find(({ size }) => size > fileLimit)
    if (large !== undefined) return setFault(files.large(large.name, sizeText({ code }, fileLimit)))
    try {
      add(await Promise.all(chosen.map(fieldOf)))
    } catch {
      // A folder, or a file that went away meanwhile.
      setFault(files.unreadable)
    }
  }
  const carries = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  const drag = (event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    setOver(false)
    void take([...event.dataTransfer.files])
  }
  return (
    <section
      aria-label={files.label}
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack gap="sm">
        {children}
        <FileButton multiple onChange={(chosen) => void take(chosen)}>
          {(props) => (
            <Button
              {...props}
              variant="subtle"
              size="compact-md"
              w="fit-content"
              leftSection={<IconPaperclip size={16} aria-hidden />}
            >
              {files.add}
            </Button>
          )}
        </FileButton>
        {fault !== undefined && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={fault} />
        )}
      </Stack>
    </section>
  )
}

const fieldOf = async (file: File): Promise<Field> => ({
  ...newField(),
  ...fieldOfFile(file.name, new Uint8Array(await file.arrayBuffer())),
})
