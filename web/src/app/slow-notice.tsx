import { Paper, Text } from '@mantine/core'
import { useIsMutating } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTexts } from '../texts/texts.ts'
import classes from './slow-notice.module.css'

/** Milliseconds after which a person wonders whether a button did anything. */
const patience = 5000

/** Says that what was asked for is still on its way, whichever button asked. */
export function SlowNotice() {
  const { common } = useTexts()
  const isBusy = useIsMutating() > 0
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!isBusy) return
    const timer = setTimeout(() => setSlow(true), patience)
    return () => clearTimeout(timer)
  }, [isBusy])
  return (
    <div className={classes.place} role="status">
      {isSlow && (
        <Paper className={classes.notice} shadow="md" radius="md" p="sm" withBorder>
          <Text size="sm">{common.slow}</Text>
        </Paper>
      )}
    </div>
  )
}
