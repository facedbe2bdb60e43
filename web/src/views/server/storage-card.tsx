import { Alert, Code } from '@mantine/core'
import { IconAlertTriangle, IconDatabase } from '@tabler/icons-react'
import { useAllowed } from '../../api/acl.ts'
import { useOwnSeal, useStoreBytes, useStoreCheck } from '../../api/server.ts'
import { sizeText } from '../../texts/sizes.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { Card } from './card.tsx'
import { Facts } from './facts.tsx'
import classes from './server.module.css'

/** What the store is, how large, and whether it is whole. */
export function StorageCard() {
  const texts = useTexts()
  const { server } = texts
  const seal = useOwnSeal()
  const size = useStoreBytes(useAllowed()('sys/metrics', 'read'))
  return (
    <Card title={server.storage} icon={IconDatabase} query={useStoreCheck()}>
      {({ healthy, findings, finished, next }) => (
        <>
          <Facts
            facts={[
              [server.kind, seal.data?.storage_type],
              [server.size, size.data ? sizeText(texts, size.data) : undefined],
              [
                server.check,
                healthy === undefined ? server.neverChecked : healthy ? server.healthy : server.damaged,
              ],
              [server.checked, finished && moment(texts, finished)],
              [server.nextCheck, next && moment(texts, next)],
            ]}
          />
          {findings.length > 0 && (
            <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={server.findings}>
              <Code block className={classes.command ?? ''}>
                {findings.join('\n')}
              </Code>
            </Alert>
          )}
        </>
      )}
    </Card>
  )
}
