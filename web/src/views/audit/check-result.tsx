import { Alert, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import type { Checked } from '../../api/audit.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import classes from './audit.module.css'

type Result = Omit<Checked, 'findings'> & {
  readonly findings: readonly {
    readonly line: number
    readonly kind: string
    readonly text: string
    readonly file?: string
  }[]
}

/** Whether a log is as it was written; where not, what is wrong and where. */
export function CheckResult({ result }: { readonly result: Result }) {
  const texts = useTexts()
  const { audit } = texts
  const { isWhole, findings, more, lines, signatures, unsigned, head, continues, from } = result
  const kinds: Readonly<Record<string, string>> = audit.kindsOfFinding
  return (
    <Alert
      color={isWhole ? 'teal' : 'red'}
      role={isWhole ? 'status' : 'alert'}
      icon={isWhole ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
      title={isWhole ? audit.whole : audit.broken}
    >
      <Text size="sm">
        {isWhole ? audit.wholeText(lines, signatures) : audit.brokenText(findings.length + more)}
      </Text>
      <Text size="sm">
        {head === undefined ? audit.notSigned : audit.signedUpTo(head.seq, moment(texts, head.time))}
        {unsigned > 0 && ` ${audit.unsigned(unsigned)}`}
      </Text>
      {continues !== undefined && from === 0 && <Text size="sm">{audit.continues(continues)}</Text>}
      {from > 0 && <Text size="sm">{audit.partly}</Text>}
      {findings.length > 0 && (
        <ul className={classes.findings} aria-label={audit.findings}>
          {findings.slice(0, 100).map(({ line, kind, text, file }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
            <li key={i}>
              <strong>{file === undefined ? audit.findingAt(line) : audit.findingIn(line, file)}</strong>:{' '}
              {kinds[kind] ?? kind}
              <Text size="sm" component="div">
                <bdi>{text}</bdi>
              </Text>
            </li>
          ))}
        </ul>
      )}
      {findings.length + more > 100 && (
        <Text size="sm">{audit.moreFindings(findings.length + more - 100)}</Text>
      )}
    </Alert>
  )
}
