import { Badge, Text } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { type ServingNode, useNodes } from '../../api/server.ts'
import { type Texts, useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { Card } from './card.tsx'
import classes from './server.module.css'

/** Milliseconds beyond which somebody should look at a clock. */
const muchSkew = 1000

/** All processes that serve the store, as the one that answers knows of them. */
export function NodesCard() {
  const texts = useTexts()
  const { server } = texts
  const query = useNodes()
  return (
    <Card title={server.nodes} icon={IconServer2} query={query}>
      {(nodes) => (
        <>
          <Text size="sm" c="dimmed">
            {server.nodesLead(nodes.length)}
          </Text>
          <ul className={classes.list}>
            {nodes.map((node, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: several processes of a machine say the same
              <li key={index}>
                <span className={classes.main}>
                  <bdi>
                    <strong>{node.hostname}</strong>
                  </bdi>{' '}
                  {node.isSelf && (
                    <Badge variant="light" size="sm">
                      {server.thisNode}
                    </Badge>
                  )}
                </span>
                <bdi className={classes.main}>{node.address || server.noAddress}</bdi>
                <span>{server.runs(node.version)}</span>
                <span>{heard(texts, node)}</span>
                <Text
                  span
                  inherit
                  c={Math.abs(node.skew?.by ?? 0) > muchSkew ? 'var(--mantine-color-error)' : undefined}
                >
                  {clock(texts, node)}
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

const heard = (texts: Texts, { isSelf, lastEcho }: ServingNode): string =>
  isSelf ? texts.server.answers : texts.server.heard(relativeTime(texts, Date.parse(lastEcho), Date.now()))

function clock({ server, code }: Texts, { isSelf, skew }: ServingNode): string {
  if (isSelf) return server.ownClock
  if (skew === undefined) return server.clockUnknown
  const seconds = new Intl.NumberFormat(code, { maximumFractionDigits: 2 })
  const by = seconds.format(Math.abs(skew.by) / 1000)
  const exact = seconds.format(skew.exact / 1000)
  return skew.by >= 0 ? server.ahead(by, exact) : server.behind(by, exact)
}
