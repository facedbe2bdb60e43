import { NativeSelect } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'

const hour = 3600
const day = 24 * hour
const choices = [hour, day, 3 * day, 7 * day, 30 * day]

/** A day: long enough for a colleague, a job or a night. */
export const usualLifetime = day

type Props = { readonly value: number; readonly change: (seconds: number) => void }

/** How long something that is shared can be used, in seconds. */
export function Lifetime({ value, change }: Props) {
  const { share } = useTexts()
  return (
    <NativeSelect
      label={share.lifetime}
      value={String(value)}
      onChange={({ currentTarget }) => change(Number(currentTarget.value))}
      data={choices.map((seconds) => ({
        value: String(seconds),
        label: seconds < day ? share.hours(seconds / hour) : share.days(seconds / day),
      }))}
    />
  )
}
