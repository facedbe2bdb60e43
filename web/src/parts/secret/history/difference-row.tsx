import { ActionIcon, Group, Text, Tooltip } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '../../../texts/texts.ts'
import { shownValue } from '../fields.ts'
import type { Difference } from './differences.ts'
import classes from './history.module.css'

type Props = {
  readonly difference: Difference
  /** How it differs, in words. */
  readonly how: string
  /** What both sides are called. */
  readonly before: string
  readonly after: string
}

/** A field that differs: that it does, and both values once somebody wants to see them. */
export function DifferenceRow({ difference, how, before, after }: Props) {
  const { secret } = useTexts()
  const [shown, setShown] = useState(false)
  const { name } = difference
  const label = (shown ? secret.hide : secret.show)(name)
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" component="span">
          <bdi className={classes.field}>{name}</bdi> · {how}
        </Text>
        <Tooltip label={label}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={label}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <IconEyeOff size={18} aria-hidden /> : <IconEye size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      </Group>
      {shown && (
        <dl className={classes.values}>
          {difference.kind !== 'added' && <Value of={before} value={shownValue(difference.before).value} />}
          {difference.kind !== 'removed' && <Value of={after} value={shownValue(difference.after).value} />}
        </dl>
      )}
    </li>
  )
}

function Value({ of, value }: { readonly of: string; readonly value: string }) {
  const { secret } = useTexts()
  return (
    <div>
      <dt>{of}</dt>
      <dd>
        <bdi>{value || secret.empty}</bdi>
      </dd>
    </div>
  )
}
