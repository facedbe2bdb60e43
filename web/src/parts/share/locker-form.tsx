import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { IconBox } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { type Locker, makeLocker } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { lockerAction } from './actions.ts'
import { isPlainName } from './commands.ts'
import { Lifetime, usualLifetime } from './lifetime.tsx'
import type { Source } from './source.ts'
import type { Content } from './use-content.tsx'

/** Enough for a job that is started again a few times. */
const usualUses = 10
const mostUses = 10_000

type Props = {
  readonly source: Source
  readonly content: Content
  readonly made: (locker: Locker) => void
}

/** A name that is good for a locker, from that of a secret. */
const nameFrom = (source: Source): string => {
  const last = source.kind === 'secret' ? (source.name.split('/').at(-1) ?? '') : ''
  return isPlainName(last) ? last : 'job'
}

/** What a locker is made with. */
export function LockerForm({ source, content: { data, input }, made }: Props) {
  const { share } = useTexts()
  const [tried, setTried] = useState(false)
  const [name, setName] = useState(() => nameFrom(source))
  const [lifetime, setLifetime] = useState(usualLifetime)
  const [uses, setUses] = useState<number | string>(usualUses)
  const make = useMutation({
    mutationFn: (data: JsonObject) => makeLocker({ name, data, ttl: lifetime, uses: Number(uses) }),
    onSuccess: made,
    gcTime: 0,
  })
  const areUses = Number.isInteger(uses) && Number(uses) >= 1 && Number(uses) <= mostUses
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (data !== undefined && isPlainName(name) && areUses) make.mutate(data)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{share.lockerText}</Text>
        {input(tried)}
        <TextInput
          dir="ltr"
          label={share.lockerName}
          description={share.lockerNameHint}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={isPlainName(name) ? undefined : share.lockerNameBad}
        />
        <Lifetime value={lifetime} change={setLifetime} />
        <NumberInput
          label={share.uses}
          description={share.usesHint}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          value={uses}
          onChange={setUses}
          error={areUses ? undefined : share.usesBad(mostUses)}
        />
        {make.error !== null && <TroubleLine error={make.error} />}
        {data !== undefined && isPlainName(name) && areUses && (
          <Command of={() => lockerAction(Object.keys(data), { name, ttl: lifetime, uses: Number(uses) })} />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} leftSection={<IconBox size={18} aria-hidden />}>
            {share.makeLocker}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
