import { IconChecklist } from '@tabler/icons-react'
import { useDuties } from '../../api/server.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { Card } from './card.tsx'
import classes from './server.module.css'

/** Which process does what one of them does at a time. */
export function DutiesCard() {
  const texts = useTexts()
  const { server } = texts
  const names: Readonly<Record<string, string>> = server.duty
  return (
    <Card title={server.duties} icon={IconChecklist} query={useDuties()}>
      {(duties) => (
        <ul className={classes.list}>
          {duties.map(({ name, process, since }) => (
            <li key={name}>
              <span className={classes.main}>{names[name] ?? name}</span>
              <span>
                {process === '' ? (
                  server.nobody
                ) : (
                  <>
                    <bdi title={process}>{process.slice(0, 8)}</bdi>, {server.since(moment(texts, since))}
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
