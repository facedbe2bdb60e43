import { Button, Group } from '@mantine/core'
import { useTexts } from '../texts/texts.ts'

type Props = {
  readonly cancel: () => void
  /** What the button says that sends the form; "Save" without it. */
  readonly action?: string
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
  /** Where it takes something away. */
  readonly isGrave?: boolean
}

/** The end of a form: it is left, or sent. */
export function FormEnd({ cancel, action, isBusy = false, isDisabled = false, isGrave = false }: Props) {
  const { common } = useTexts()
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={cancel}>
        {common.cancel}
      </Button>
      <Button type="submit" loading={isBusy} disabled={isDisabled} {...(isGrave && { color: 'red' })}>
        {action ?? common.save}
      </Button>
    </Group>
  )
}
