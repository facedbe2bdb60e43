import { Button } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { download } from '../hand-over/download.ts'
import { type Cell, csvOf } from './csv.ts'

type Props = {
  /** Of the file, without its ending. */
  readonly name: string
  /** What is exported, for who does not see it. */
  readonly label: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Hands a table to the browser as a file for spreadsheets. */
export function SaveCsv({ name, label, header, rows }: Props) {
  const { counts } = useTexts()
  return (
    <Button
      variant="default"
      size="sm"
      leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
      aria-label={counts.saveOf(label)}
      onClick={() => download(`${name}.csv`, csvOf(header, rows))}
    >
      {counts.save}
    </Button>
  )
}
