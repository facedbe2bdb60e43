import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCheck, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type ConfiguredProvider,
  checklistKey,
  checkProvider,
  useConfiguredProviders,
} from '../../api/checklist.ts'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { BlockForm } from './block-form.tsx'
import { Step } from './step.tsx'

/** Where people log in. */
export function ProviderStep() {
  const { guide } = useTexts()
  const queries = useQueryClient()
  const { data, error, isFetching } = useConfiguredProviders()
  return (
    <Step title={guide.provider} state={{ isDone: data === undefined ? undefined : data.length > 0, error }}>
      {data?.map((provider) => (
        <Known key={provider.mount} provider={provider} />
      ))}
      {data?.length === 0 && (
        <>
          <Text size="sm">{guide.providerText}</Text>
          <BlockForm />
          <Group justify="flex-end">
            <Button
              variant="default"
              leftSection={<IconRefresh size={18} aria-hidden />}
              loading={isFetching}
              onClick={() => void queries.invalidateQueries({ queryKey: [checklistKey] })}
            >
              {guide.look}
            </Button>
          </Group>
        </>
      )}
    </Step>
  )
}

/** A provider that is configured, and whether a login there can begin. */
function Known({ provider: { mount, issuer, clientId } }: { readonly provider: ConfiguredProvider }) {
  const { guide } = useTexts()
  const check = useMutation({ mutationFn: () => checkProvider(mount), gcTime: 0 })
  return (
    <>
      <Group justify="space-between">
        <Text size="sm">
          <bdi>{guide.knows(issuer, clientId)}</bdi>
        </Text>
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {guide.check}
        </Button>
      </Group>
      {check.data !== undefined && (
        <Alert role="status" icon={<IconCheck aria-hidden />}>
          {guide.checked(check.data)}
        </Alert>
      )}
      {check.error !== null && <TroubleLine error={check.error} />}
    </>
  )
}
