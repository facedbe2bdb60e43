import { List, Stack, Text, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { Opening } from '../../api/access.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { personName } from '../person-name.ts'
import { State } from '../states/state.tsx'
import { useDeeds } from './use-deeds.ts'

type Props = { readonly title: string; readonly text: string; readonly openings: readonly Opening[] }

/** What one person alone can open, but for those whom it was opened to for a while. */
export function Owner({ title, text, openings }: Props) {
  const texts = useTexts()
  const deeds = useDeeds()
  return (
    <Stack>
      <State icon={IconLock} title={title} text={text} />
      {openings.length > 0 && (
        <div>
          <Title order={3} size="h5">
            {texts.access.openings}
          </Title>
          <List size="sm" aria-label={texts.access.openings}>
            {openings.map(({ who, capabilities, until }) => (
              <List.Item key={who + until}>
                <bdi>{personName(who).long}</bdi>: {texts.access.can(deeds(capabilities))}{' '}
                <Text component="span" size="sm" c="dimmed">
                  {texts.access.until(moment(texts, until))}
                </Text>
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  )
}
