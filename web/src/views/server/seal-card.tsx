import { Badge, Button, Group, List, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconShieldLock } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useAllowed } from '../../api/acl.ts'
import { sealServer, useOwnSeal } from '../../api/server.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Card } from './card.tsx'
import { Facts } from './facts.tsx'

/** Whether this node is open, how it opens, and the way to close it. */
export function SealCard() {
  const { server } = useTexts()
  const queries = useQueryClient()
  const allowed = useAllowed()
  const query = useOwnSeal()
  const [asks, { open, close }] = useDisclosure(false)
  return (
    <Card title={server.seal} icon={IconShieldLock} query={query}>
      {({ type, t, n, recovery_seal, cluster_name, sealed }) => (
        <>
          <Facts
            facts={[
              [
                server.state,
                <Badge key="state" variant="light" color={sealed ? 'red' : 'indigo'}>
                  {sealed ? server.sealed : server.open}
                </Badge>,
              ],
              [server.sealKind, recovery_seal ? server.sealByItself(type) : server.sealByShares(type)],
              [server.shares, t === 0 ? undefined : server.sharesOf(t, n, recovery_seal)],
              [server.cluster, <bdi key="cluster">{cluster_name}</bdi>],
            ]}
          />
          {allowed('sys/seal', 'sudo') && (
            <Group justify="flex-end">
              <Button
                color="red"
                variant="light"
                leftSection={<IconLock size={18} aria-hidden />}
                onClick={open}
              >
                {server.sealIt}
              </Button>
            </Group>
          )}
          <Confirm
            opened={asks}
            close={close}
            title={server.sealTitle}
            action={server.sealIt}
            run={sealServer}
            done={() => void queries.invalidateQueries()}
          >
            <List spacing="xs">
              <List.Item>{server.sealStops}</List.Item>
              <List.Item>{t === 0 ? server.sealBackByItself : server.sealBackByShares(t)}</List.Item>
              <List.Item>{server.sealKeeps}</List.Item>
              <List.Item>{server.sealOthers}</List.Item>
            </List>
            <Text fw={600}>{server.sealAsk}</Text>
          </Confirm>
        </>
      )}
    </Card>
  )
}
