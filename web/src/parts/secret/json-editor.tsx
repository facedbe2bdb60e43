import { Textarea } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import classes from './json-view.module.css'

type Props = { readonly value: string; readonly change: (value: string) => void; readonly isBad: boolean }

export function JsonEditor({ value, change, isBad }: Props) {
  const { secret } = useTexts()
  return (
    <Textarea
      dir="ltr"
      label={secret.jsonLabel}
      classNames={{ input: classes.json ?? '' }}
      rows={12}
      spellCheck={false}
      autoComplete="off"
      value={value}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      error={isBad ? secret.jsonBad : undefined}
    />
  )
}
