import { Group, NumberInput, Radio, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { bodyOf, pathOf, type Quota, writeQuota } from '../../api/administer/quotas.ts'
import { writing } from '../../parts/administer/actions.ts'
import { Command } from '../../parts/command/command.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  /** Undefined for a new one. */
  readonly given: Quota | undefined
  /** Those that are there: a new one is none of them. */
  readonly names: readonly Quota[]
  readonly close: () => void
}

const fresh: Quota = { name: '', path: '', rate: 100, interval: 60, block: 0, byAddress: true }
const isName = (name: string) => /^\w(?:[\w.-]{0,126}\w)?$/.test(name)

/** A limit as it is written. */
export function QuotaForm({ given, names, close }: Props) {
  const { admin, quotas } = useTexts()
  const queries = useQueryClient()
  const [quota, setQuota] = useState(given ?? fresh)
  const [tried, setTried] = useState(false)
  const set = (changed: Partial<Quota>) => setQuota({ ...quota, ...changed })
  const isTaken = given === undefined && names.some(({ name }) => name === quota.name)
  const fault = !isName(quota.name) ? quotas.nameBad : isTaken ? quotas.nameTaken : undefined
  const isReady = fault === undefined && quota.rate > 0 && quota.interval > 0
  const saving = useMutation({
    mutationFn: async () => {
      await writeQuota(quota)
      await queries.invalidateQueries({ queryKey: ['quotas'] })
    },
    onSuccess: close,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isReady) saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={admin.name}
          autoComplete="off"
          spellCheck={false}
          disabled={given !== undefined}
          {...(given === undefined && { 'data-autofocus': true })}
          value={quota.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
          error={tried ? fault : undefined}
        />
        <TextInput
          label={quotas.covers}
          description={quotas.coversHint}
          autoComplete="off"
          spellCheck={false}
          value={quota.path}
          onChange={({ currentTarget }) => set({ path: currentTarget.value })}
        />
        <Group grow align="flex-start">
          <NumberInput
            label={quotas.requests}
            min={0}
            hideControls
            value={quota.rate}
            onChange={(rate) => set({ rate: Number(rate) })}
            error={tried && !(quota.rate > 0) ? quotas.numberBad : undefined}
          />
          <NumberInput
            label={quotas.interval}
            min={1}
            allowDecimal={false}
            hideControls
            value={quota.interval}
            onChange={(interval) => set({ interval: Number(interval) })}
            error={tried && !(quota.interval > 0) ? quotas.numberBad : undefined}
          />
        </Group>
        <NumberInput
          label={quotas.blockSeconds}
          description={quotas.blockHint}
          min={0}
          allowDecimal={false}
          hideControls
          value={quota.block}
          onChange={(block) => set({ block: Number(block) })}
        />
        <Radio.Group
          label={quotas.counted}
          value={quota.byAddress ? 'ip' : 'none'}
          onChange={(value) => set({ byAddress: value === 'ip' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="ip" label={quotas.byAddress} />
            <Radio value="none" label={quotas.together} />
          </Stack>
        </Radio.Group>
        {isReady && <Command of={() => writing(pathOf(quota.name), bodyOf(quota))} />}
        {saving.error !== null && <TroubleLine error={saving.error} />}
        <FormEnd cancel={close} isBusy={saving.isPending} />
      </Stack>
    </form>
  )
}
