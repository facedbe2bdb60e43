import { Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useClockDifference } from '../../../api/clock.ts'
import { useTexts } from '../../../texts/texts.ts'
import classes from './code.module.css'
import type { Totp, TotpRead } from './totp.ts'
import { TotpTrouble } from './totp-trouble.tsx'

/** Seconds before the end of a code from which on the next one shows as well. */
const soon = 10

/** The code of now, counting down, or what is wrong with what should make it. */
export default function Code({ read }: { readonly read: TotpRead }) {
  return 'fault' in read ? <TotpTrouble fault={read.fault} /> : <Running totp={read.totp} />
}

function Running({ totp }: { readonly totp: Totp }) {
  const { totp: texts } = useTexts()
  const [now, setNow] = useState(Date.now)
  const { data: ahead = 0 } = useClockDifference()
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const span = totp.period * 1000
  const left = Math.ceil((span - (now % span)) / 1000)
  return (
    <div className={classes.code}>
      <Text component="span" className={classes.digits ?? ''} dir="ltr" data-code>
        {grouped(totp.codeAt(now))}
      </Text>
      <progress
        className={classes.left}
        aria-label={texts.left}
        max={totp.period}
        value={left}
        data-soon={left <= soon || undefined}
      />
      <Text size="sm" c="dimmed" component="span">
        {texts.seconds(left)}
      </Text>
      {left <= soon && (
        <Text size="sm" component="span">
          {texts.next}{' '}
          <bdi dir="ltr" className={classes.next}>
            {grouped(totp.codeAt(now + span))}
          </bdi>
        </Text>
      )}
      {ahead !== 0 && (
        <Text size="sm" className={classes.clock ?? ''} role="note">
          {texts.clock(Math.abs(ahead), ahead > 0)}
        </Text>
      )}
    </div>
  )
}

/** Digits in two groups, as they are read out. */
const grouped = (code: string): string => {
  const half = Math.ceil(code.length / 2)
  return `${code.slice(0, half)} ${code.slice(half)}`
}
