import { IconVersions } from '@tabler/icons-react'
import { useVersions } from '../../api/server.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { Card } from './card.tsx'
import classes from './server.module.css'

/** The versions that have served this store. */
export function VersionsCard() {
  const texts = useTexts()
  const { server } = texts
  return (
    <Card title={server.versions} icon={IconVersions} query={useVersions()}>
      {(versions) => (
        <ul className={classes.list}>
          {versions.map(({ version, installed }, index) => (
            <li key={version}>
              <span className={classes.main}>
                <bdi>{version}</bdi> {index === 0 && <>({server.now})</>}
              </span>
              <span>{server.since(moment(texts, installed))}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
