import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

type Props = { readonly label: string; readonly run: () => void }

/** Adds one more to what a section lists. */
export function AddButton({ label, run }: Props) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={run}
    >
      {label}
    </Button>
  )
}
