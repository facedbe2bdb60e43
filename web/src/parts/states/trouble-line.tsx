import { Alert, Code, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'

/** Why what somebody tried did not work, beside what they tried it with. */
export function TroubleLine({ error, title }: { readonly error: unknown; readonly title?: string }) {
  const texts = useTexts()
  const { kind, text, denied } = troubleOf(error)
  const about = texts.troubles[kind]
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={title ?? about.title}>
      <Text size="sm">{about.text}</Text>
      {denied !== undefined && denied.path !== '' && (
        <Text size="sm">{texts.missingCapability(denied.missing.join(', '), denied.path)}</Text>
      )}
      {kind === 'refused' && text !== '' && <Code block>{text}</Code>}
    </Alert>
  )
}
