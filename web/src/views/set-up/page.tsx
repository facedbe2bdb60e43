import { Stack, Text, Title } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import { AuditStep } from './audit-step.tsx'
import { BackupStep } from './backup-step.tsx'
import { ProviderStep } from './provider-step.tsx'
import { RootStep } from './root-step.tsx'
import { Step } from './step.tsx'
import { VoStep } from './vo-step.tsx'

/** What a new store needs before people use it, and what of that is done. */
export default function SetUpPage() {
  const { guide } = useTexts()
  return (
    <Stack maw={860}>
      <Title order={1} size="h3">
        {guide.title}
      </Title>
      <Text c="dimmed">{guide.lead}</Text>
      <Step title={guide.keys} state={{ isDone: true }} />
      <ProviderStep />
      <VoStep />
      <AuditStep />
      <BackupStep />
      <RootStep />
    </Stack>
  )
}
