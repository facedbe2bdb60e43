import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import classes from './name-list.module.css'

type Props = { readonly value: string; readonly change: (value: string) => void }

export function NameFilter({ value, change }: Props) {
  const { explorer } = useTexts()
  return (
    <TextInput
      className={classes.filter ?? ''}
      data-key="f"
      aria-label={explorer.filter}
      placeholder={explorer.filter}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value === '' ? (
          <Kbd size="xs" aria-hidden>
            f
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label={explorer.clearFilter} onClick={() => change('')} />
        )
      }
      value={value}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          change('')
          event.currentTarget.blur()
        } else if (event.key === 'ArrowDown') {
          event.preventDefault()
          event.currentTarget.closest('section')?.querySelector<HTMLElement>('[data-name]')?.focus()
        }
      }}
    />
  )
}
