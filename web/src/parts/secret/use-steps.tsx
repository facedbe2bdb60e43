import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'

/** Rows that are drawn at once: a secret may hold more fields than a browser can draw. */
const step = 200

/** The first of many rows, and what brings more of them. */
export function useSteps<Row>(rows: readonly Row[]): {
  readonly first: readonly Row[]
  readonly more: ReactNode
} {
  const { secret } = useTexts()
  const [most, setMost] = useState(step)
  const more = rows.length > most && (
    <Button size="compact-sm" variant="default" w="fit-content" onClick={() => setMost(most + step)}>
      {secret.moreFields(rows.length - most)}
    </Button>
  )
  return { first: rows.slice(0, most), more }
}
