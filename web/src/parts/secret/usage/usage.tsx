import { Badge, Stack, Text, Title } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { type LastUse, useUsage } from '../../../api/usage.ts'
import { useTexts } from '../../../texts/texts.ts'
import { moment } from '../../../texts/times.ts'
import { Person } from '../../person.tsx'
import { Loading } from '../../states/loading.tsx'
import { State } from '../../states/state.tsx'
import { Trouble } from '../../states/trouble.tsx'
import { People } from './people.tsx'
import classes from './usage.module.css'

/** Who used a secret, and when. */
export function Usage({ path }: { readonly path: string }) {
  const texts = useTexts()
  const { usage: words } = texts
  const { data: usage, error, isPending, refetch } = useUsage(path)
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  if (usage.since === '') return <State icon={IconUsers} title={words.none} text={words.noneText} />
  return (
    <Stack>
      <dl className={classes.last}>
        <Last label={words.lastRead} use={usage.lastRead} never={words.neverRead} />
        <Last label={words.lastWrite} use={usage.lastWrite} never={words.neverWritten} />
      </dl>
      <div>
        <Title order={3} size="h5">
          {words.people}
        </Title>
        <Text size="sm" c="dimmed">
          {words.counted(moment(texts, usage.since), usage.reads, usage.writes)}
        </Text>
      </div>
      <People people={usage.people} />
    </Stack>
  )
}

type LastProps = { readonly label: string; readonly use: LastUse | undefined; readonly never: string }

function Last({ label, use, never }: LastProps) {
  const texts = useTexts()
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {use === undefined ? (
          never
        ) : (
          <>
            <Person who={use.who} />
            {use.opened && (
              <Badge color="red" variant="light" className={classes.mark ?? ''}>
                {texts.activity.emergency}
              </Badge>
            )}
            <Text size="sm" c="dimmed">
              <time dateTime={use.time}>{moment(texts, use.time)}</time>
              {use.address !== '' && ` · ${texts.usage.from(use.address)}`}
            </Text>
          </>
        )}
      </dd>
    </div>
  )
}
