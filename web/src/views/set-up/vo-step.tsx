import { Text } from '@mantine/core'
import { useGroupCount } from '../../api/checklist.ts'
import { useTexts } from '../../texts/texts.ts'
import { Step } from './step.tsx'

/** Whether groups share folders. */
export function VoStep() {
  const { guide } = useTexts()
  const { data, error } = useGroupCount()
  return (
    <Step title={guide.vos} state={{ isDone: data === undefined ? undefined : data > 0, error }}>
      <Text size="sm">{data !== undefined && data > 0 ? guide.vosDone(data) : guide.vosText}</Text>
    </Step>
  )
}
