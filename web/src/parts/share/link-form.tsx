import { Button, Group, Stack, Text } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { makeLink, type OneTimeLink } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { linkAction } from './actions.ts'
import { Lifetime, usualLifetime } from './lifetime.tsx'
import type { Content } from './use-content.tsx'

type Props = { readonly content: Content; readonly made: (link: OneTimeLink) => void }

/** What a one-time link is made with. */
export function LinkForm({ content: { data, input }, made }: Props) {
  const { share } = useTexts()
  const [tried, setTried] = useState(false)
  const [lifetime, setLifetime] = useState(usualLifetime)
  const make = useMutation({
    mutationFn: (content: JsonObject) => makeLink(content, lifetime),
    onSuccess: made,
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (data !== undefined) make.mutate(data)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{share.linkText}</Text>
        {input(tried)}
        <Lifetime value={lifetime} change={setLifetime} />
        {make.error !== null && <TroubleLine error={make.error} />}
        {data !== undefined && <Command of={() => linkAction(Object.keys(data), lifetime)} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} leftSection={<IconLink size={18} aria-hidden />}>
            {share.makeLink}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
