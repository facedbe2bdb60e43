import { Code, Text } from '@mantine/core'
import { useAuditCount } from '../../api/checklist.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './guide.module.css'
import { Step } from './step.tsx'

/** Whether anything is recorded. */
export function AuditStep() {
  const { guide } = useTexts()
  const { data, error } = useAuditCount()
  return (
    <Step title={guide.audit} state={{ isDone: data === undefined ? undefined : data > 0, error }}>
      {data !== undefined && data > 0 ? (
        <Text size="sm">{guide.auditDone(data)}</Text>
      ) : (
        <>
          <Text size="sm">{guide.auditText}</Text>
          <Code block dir="ltr" className={classes.command ?? ''}>
            coffer audit enable file file_path=coffer.log
          </Code>
        </>
      )}
    </Step>
  )
}
