import { Checkbox, Stack, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useTexts } from '../../texts/texts.ts'
import { UnsavedGuard } from '../secret/unsaved-guard.tsx'
import { useSteps } from '../secret/use-steps.tsx'
import { chosenOf, type Source } from './source.ts'

export type Content = {
  /** Undefined while there is nothing to share. */
  readonly data: JsonObject | undefined
  /** Where it is chosen or typed. @param tried whether somebody wanted to go on, so that it is told what is missing */
  readonly input: (tried: boolean) => ReactNode
}

/** What somebody chooses or types to be shared, whichever way it then goes. */
export function useContent(source: Source): Content {
  const { share } = useTexts()
  const names = source.kind === 'secret' ? Object.keys(source.data) : []
  const [chosen, setChosen] = useState<readonly string[]>(names)
  const [text, setText] = useState('')
  const { first, more } = useSteps(names)
  if (source.kind === 'secret') {
    return {
      data: chosen.length === 0 ? undefined : chosenOf(source.data, chosen),
      input: (tried) => (
        <Checkbox.Group
          label={share.fields}
          value={[...chosen]}
          onChange={setChosen}
          error={tried && chosen.length === 0 ? share.fieldsMissing : undefined}
        >
          <Stack gap="xs" mt="xs">
            {first.map((name) => (
              <Checkbox key={name} value={name} label={<bdi>{name}</bdi>} />
            ))}
            {more}
          </Stack>
        </Checkbox.Group>
      ),
    }
  }
  return {
    data: text === '' ? undefined : { text },
    input: (tried) => (
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
