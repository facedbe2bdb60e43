import { CloseButton, Text, TextInput } from '@mantine/core'
import { IconFilterOff, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import type { Operation } from '../../api/description/operations.ts'
import { found } from '../../api/description/search.ts'
import { State } from '../../parts/states/state.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './api.module.css'
import { OperationRows } from './operation-rows.tsx'

type Props = { readonly operations: readonly Operation[]; readonly chosen: string | undefined }

/** The operations in which what is typed is found. */
export function OperationList({ operations, chosen }: Props) {
  const { api, table } = useTexts()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text)
  const shown = useMemo(() => found(operations, wanted), [operations, wanted])
  return (
    <>
      <TextInput
        className={classes.filter ?? ''}
        data-key="f"
        aria-label={api.search}
        placeholder={api.searchHint}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          text !== '' && <CloseButton size="sm" aria-label={table.clear} onClick={() => setText('')} />
        }
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={({ key }) => key === 'Escape' && setText('')}
      />
      {shown.length === 0 ? (
        <State icon={IconFilterOff} title={table.none} text={table.noneText} />
      ) : (
        <OperationRows operations={shown} chosen={chosen} />
      )}
      <Text className={classes.count} size="xs" c="dimmed" role="status">
        {api.count(shown.length)}
      </Text>
    </>
  )
}
