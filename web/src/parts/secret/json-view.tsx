import { Button, Group, Stack, Textarea } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useTexts } from '../../texts/texts.ts'
import { useCopy } from '../hand-over/use-copy.ts'
import classes from './json-view.module.css'

/** A secret as JSON, hidden at first as its fields are. */
export function JsonView({ data }: { readonly data: JsonObject }) {
  const { secret, common } = useTexts()
  const copy = useCopy()
  const [shown, setShown] = useState(false)
  const text = JSON.stringify(data, null, 2)
  const lines = text.split('\n').length
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
          onClick={() => setShown(!shown)}
        >
          {shown ? secret.hideAll : secret.showAll}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => void copy(text)}
        >
          {common.copy}
        </Button>
      </Group>
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
