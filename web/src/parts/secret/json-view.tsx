import { Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useTexts } from '../../texts/texts.ts'
import { HiddenTools } from '../hidden/hidden-tools.tsx'
import classes from './json-view.module.css'

/** A secret as JSON, hidden at first as its fields are. */
export function JsonView({ data }: { readonly data: JsonObject }) {
  const { secret } = useTexts()
  const [shown, setShown] = useState(false)
  const text = JSON.stringify(data, null, 2)
  const lines = text.split('\n').length
  return (
    <Stack gap="xs">
      <HiddenTools shown={shown} show={setShown} text={text} />
      <Textarea
        dir="ltr"
        aria-label={secret.jsonLabel}
        classNames={{ input: classes.json ?? '' }}
        readOnly
        rows={shown ? Math.min(lines, 20) : 2}
        value={shown ? text : '••••••••••'}
      />
    </Stack>
  )
}
