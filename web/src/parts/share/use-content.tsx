import { Checkbox, Stack, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useTexts } from '../../texts/texts.ts'
import { UnsavedGuard } from '../secret/unsaved-guard.tsx'
import { chosenOf, type Source } from './source.ts'

type Content = {
  /** Undefined while there is nothing to share. */
  readonly data: JsonObject | undefined
  readonly input: ReactNode
}

/**
 * What somebody chooses or types to be shared.
 *
 * @param tried whether they went on, and what is missing is told
 */
export function useContent(source: Source, tried: boolean): Content {
  const { share } = useTexts()
  const names = source.kind === 'secret' ? Object.keys(source.data) : []
  const [chosen, setChosen] = useState<readonly string[]>(names)
  const [text, setText] = useState('')
  if (source.kind === 'secret') {
    const data = chosenOf(source.data, chosen)
    return {
      data: chosen.length === 0 ? undefined : data,
      input: (
        <Checkbox.Group
          label={share.fields}
          value={[...chosen]}
          onChange={setChosen}
          error={tried && chosen.length === 0 ? share.fieldsMissing : undefined}
        >
          <Stack gap="xs" mt="xs">
            {names.map((name) => (
              <Checkbox key={name} value={name} label={<bdi>{name}</bdi>} />
            ))}
          </Stack>
        </Checkbox.Group>
      ),
    }
  }
  return {
    data: text === '' ? undefined : { text },
    input: (
      <>
        <UnsavedGuard when={() => text !== ''} />
        <Textarea
          label={share.text}
          description={share.textHint}
          rows={4}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          error={tried && text === '' ? share.textMissing : undefined}
        />
      </>
    ),
  }
}
