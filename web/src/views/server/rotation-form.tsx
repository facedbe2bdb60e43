import { Group, NumberInput, Stack, Switch, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Rotation, serverKey, useRotation, writeRotation } from '../../api/server.ts'
import { FormEnd } from '../../parts/form-end.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

/** Days of a hundred years: the server takes no more. */
const mostDays = 36_600
const leastOperations = 1_000_000
const mostOperations = 3_865_470_566

/** When a new key is made without being asked for. */
export function RotationForm({ mayChange }: { readonly mayChange: boolean }) {
  const { server } = useTexts()
  const { data, error } = useRotation()
  if (data === undefined) return error === null ? null : <TroubleLine error={error} />
  if (!mayChange) {
    const { enabled, days } = data
    return <Text size="sm">{enabled && days > 0 ? server.rotatesAfter(days) : server.rotatesNever}</Text>
  }
  return <Filled key={JSON.stringify(data)} rotation={data} />
}

function Filled({ rotation }: { readonly rotation: Rotation }) {
  const texts = useTexts()
  const { server } = texts
  const queries = useQueryClient()
  const say = useToast()
  const [wanted, setWanted] = useState(rotation)
  const store = useMutation({
    mutationFn: () => writeRotation(wanted),
    onSuccess: async () => {
      say({ text: server.rotationStored })
      await queries.invalidateQueries({ queryKey: [serverKey, 'rotation'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    store.mutate()
  }
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(rotation)
  const whole = (value: string | number) => Math.trunc(Number(value)) || 0
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Switch
          label={server.rotation}
          checked={wanted.enabled}
          onChange={({ currentTarget }) => setWanted({ ...wanted, enabled: currentTarget.checked })}
        />
        {wanted.enabled && (
          <Group grow align="flex-start">
            <NumberInput
              hideControls
              label={server.days}
              description={server.daysHint}
              min={0}
              max={mostDays}
              clampBehavior="strict"
              allowDecimal={false}
              value={wanted.days}
              onChange={(value) => setWanted({ ...wanted, days: whole(value) })}
            />
            <NumberInput
              hideControls
              label={server.operations}
              description={server.operationsHint}
              min={leastOperations}
              max={mostOperations}
              allowDecimal={false}
              thousandSeparator=" "
              value={wanted.maxOperations}
              onChange={(value) => setWanted({ ...wanted, maxOperations: whole(value) })}
            />
          </Group>
        )}
        {store.error !== null && <TroubleLine error={store.error} />}
        {isChanged && <FormEnd cancel={() => setWanted(rotation)} isBusy={store.isPending} />}
      </Stack>
    </form>
  )
}
