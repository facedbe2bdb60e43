import { Button, Group, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../../../api/description/send.ts'
import { filledPath } from '../../../api/description/sent.ts'
import { useStored } from '../../../api/items.ts'
import admin from '../../../parts/administer/administer.module.css'
import { Section } from '../../../parts/administer/section.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { LinkTo } from '../../../parts/link-to.tsx'
import { actionOf } from '../../../parts/operation/action.ts'
import { WriteForm } from '../../../parts/operation/write-form.tsx'
import { withChoices } from '../../../parts/shape-form/groups.ts'
import { Loading } from '../../../parts/states/loading.tsx'
import { Trouble } from '../../../parts/states/trouble.tsx'
import { useToast } from '../../../parts/toasts/context.ts'
import { useTexts } from '../../../texts/texts.ts'
import { ReadOnly } from './read-only.tsx'
import type { Collection } from './resources.ts'

type Props = { readonly collection: Collection; readonly name: string; readonly back: () => void }

/** One of what a mount has by names. */
export function ItemPart({ collection, name, back }: Props) {
  const { engines, common } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [deleting, setDeleting] = useState(false)
  const { read, write, remove, more, parameter, list } = collection
  const given = { [parameter]: name }
  const path = filledPath(read ?? write ?? list, given)
  const { data, error, isPending, refetch } = useStored(path)
  const tools = (
    <Group gap="xs">
      <Button variant="default" onClick={back}>
        {common.back}
      </Button>
      {remove !== undefined && (
        <Button
          variant="light"
          color="red"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => setDeleting(true)}
        >
          {common.delete}
        </Button>
      )}
    </Group>
  )
  return (
    <Section title={name} tools={tools}>
      {read !== undefined && isPending ? (
        <Loading />
      ) : data === undefined && read !== undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : write === undefined || write.body.length === 0 ? (
        <ReadOnly operation={read} data={data ?? {}} />
      ) : (
        <WriteForm
          operation={write}
          fields={withChoices(write.body, read?.answer ?? [])}
          given={given}
          current={data ?? undefined}
          saved={engines.saved(name)}
        />
      )}
      {more.length > 0 && (
        <Stack gap={4}>
          <Text size="sm" fw={600}>
            {engines.more}
          </Text>
          <ul className={admin.list}>
            {more.map(({ id, method, path: other, summary }) => (
              <li key={id}>
                <div>
                  <LinkTo to="/api" search={{ op: id }} className={admin.link}>
                    {summary}
                  </LinkTo>
                  <Text size="xs" c="dimmed" dir="ltr">
                    {method} {other}
                  </Text>
                </div>
              </li>
            ))}
          </ul>
        </Stack>
      )}
      {remove !== undefined && (
        <Confirm
          opened={deleting}
          close={() => setDeleting(false)}
          title={engines.deleteTitle(name)}
          action={common.delete}
          command={() => actionOf(remove, { parameters: given, query: {}, body: {} })}
          run={async () => {
            await send(remove, { parameters: given, query: {}, body: {} })
            say({ text: engines.deleted(name) })
            back()
            await queries.invalidateQueries({ queryKey: ['items'] })
          }}
        >
          <Text>{engines.deleteText}</Text>
        </Confirm>
      )}
    </Section>
  )
}
