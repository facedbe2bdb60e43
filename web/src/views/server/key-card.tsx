import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconRotate } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useAllowed } from '../../api/acl.ts'
import { rotateKey, serverKey, useKeyTerm } from '../../api/server.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment, relativeTime } from '../../texts/times.ts'
import { Card } from './card.tsx'
import { Facts } from './facts.tsx'
import { RotationForm } from './rotation-form.tsx'

/** The key that everything is encrypted under, and when there is a new one. */
export function KeyCard() {
  const texts = useTexts()
  const { server } = texts
  const queries = useQueryClient()
  const say = useToast()
  const allowed = useAllowed()
  const [asks, { open, close }] = useDisclosure(false)
  return (
    <Card title={server.key} icon={IconKey} query={useKeyTerm()}>
      {({ term, installed, encryptions }) => (
        <>
          <Facts
            facts={[
              [server.term, String(term)],
              [
                server.installed,
                `${moment(texts, installed)} (${relativeTime(texts, Date.parse(installed), Date.now())})`,
              ],
              [server.encryptions, new Intl.NumberFormat(texts.code).format(encryptions)],
            ]}
          />
          {allowed('sys/rotate', 'sudo') && (
            <Group justify="flex-end">
              <Button variant="default" leftSection={<IconRotate size={18} aria-hidden />} onClick={open}>
                {server.rotate}
              </Button>
            </Group>
          )}
          {allowed('sys/rotate/config', 'read') && (
            <RotationForm mayChange={allowed('sys/rotate/config', 'update')} />
          )}
          <Confirm
            opened={asks}
            close={close}
            title={server.rotateTitle}
            action={server.rotate}
            isGentle
            run={rotateKey}
            done={() => {
              say({ text: server.rotated })
              void queries.invalidateQueries({ queryKey: [serverKey, 'key'] })
            }}
          >
            {server.rotateText}
          </Confirm>
        </>
      )}
    </Card>
  )
}
