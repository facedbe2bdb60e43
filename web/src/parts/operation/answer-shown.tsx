import { Stack, Text, Textarea } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Json } from '../../../../src/base/json/json.ts'
import type { Answer } from '../../../../src/client/answer.ts'
import type { Operation } from '../../api/description/operations.ts'
import { useTexts } from '../../texts/texts.ts'
import { HiddenTools } from '../hidden/hidden-tools.tsx'
import classes from './operation.module.css'
import { partsOf } from './parts-of.ts'

type Props = { readonly operation: Operation; readonly answer: Answer }

/** What the server answered; what is secret in it is hidden until it is to be seen. */
export function AnswerShown({ operation, answer }: Props) {
  const { operation: words } = useTexts()
  const [shown, setShown] = useState(false)
  const whole = useMemo(() => partsOf(answer.body), [answer])
  const { seen, hides } = useMemo(() => operation.seen(whole), [operation, whole])
  const isEmpty = whole === null
  const text = (value: Json) => JSON.stringify(value, null, 2)
  const visible = text(shown ? whole : seen)
  return (
    <Stack gap="xs">
      <Text role="status" size="sm" fw={600}>
        {isEmpty ? words.done : words.answered(answer.status)}
      </Text>
      {answer.warnings.map((warning) => (
        <Text key={warning} size="sm">
          {words.warning(warning)}
        </Text>
      ))}
      {!isEmpty && (
        <>
          <HiddenTools shown={shown} show={setShown} hides={hides} text={text(whole)} />
          <Textarea
            aria-label={words.answer}
            classNames={{ input: classes.machine ?? '' }}
            dir="ltr"
            readOnly
            rows={Math.min(visible.split('\n').length, 24)}
            value={visible}
          />
        </>
      )}
    </Stack>
  )
}
