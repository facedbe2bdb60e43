import { NativeSelect, Text } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import classes from './name-list.module.css'
import { type Only, onlies } from './only.ts'

type Props = { readonly only: Only | undefined; readonly change: (only: Only | undefined) => void }

/** Narrows the list to some, and says what these are. */
export function OnlyChoice({ only, change }: Props) {
  const { only: texts } = useTexts()
  return (
    <div className={classes.only}>
      <NativeSelect
        size="xs"
        aria-label={texts.label}
        value={only ?? ''}
        onChange={({ currentTarget: { value } }) => change(onlies.find((one) => one === value))}
        data={[
          { value: '', label: texts.all },
          ...onlies.map((one) => ({ value: one as string, label: texts[one] })),
        ]}
      />
      {only !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {texts.about[only]}
        </Text>
      )}
    </div>
  )
}
