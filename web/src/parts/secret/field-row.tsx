import { ActionIcon, Group, Tooltip } from '@mantine/core'
import { IconCopy, IconDownload, IconEye, IconEyeOff, IconQrcode } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { download } from '../hand-over/download.ts'
import { useCopy } from '../hand-over/use-copy.ts'
import { QrDialog } from '../qr/qr-dialog.tsx'
import { Dots } from './dots.tsx'
import classes from './field-row.module.css'
import { binaryOf, bytesOfValue, isFile } from './files/file.ts'
import { FileShown } from './files/file-shown.tsx'
import { isTotp } from './totp/is-totp.ts'
import { useCopyCode } from './totp/use-copy-code.ts'

const TotpShown = lazy(() => import('./totp/totp-shown.tsx'))

type Props = {
  readonly name: string
  readonly value: string
  readonly shown: boolean
  readonly toggle: () => void
}

/** One field: its name, its value or dots, and what can be done with it. */
export function FieldRow({ name, value, shown, toggle }: Props) {
  const { secret, files, totp, qr } = useTexts()
  const [asQr, setAsQr] = useState(false)
  const copyText = useCopy()
  const copyCode = useCopyCode()
  const hasCodes = isTotp(value)
  const copy = hasCodes ? copyCode : copyText
  const copyLabel = (hasCodes ? totp.copy : secret.copyField)(name)
  const binary = useMemo(() => (shown ? binaryOf(name, value) : undefined), [shown, name, value])
  const showLabel = shown ? secret.hide(name) : secret.show(name)
  return (
    <div className={classes.row}>
      <dt className={classes.name}>
        <bdi>{name}</bdi>
      </dt>
      <dd className={classes.value}>
        <span className={classes.text} data-hidden={!shown || undefined}>
          {binary !== undefined ? (
            <FileShown name={name} bytes={binary} />
          ) : shown && hasCodes ? (
            <Suspense fallback={<Dots />}>
              <TotpShown address={value} />
            </Suspense>
          ) : shown ? (
            <bdi className={classes.clear}>{value || secret.empty}</bdi>
          ) : (
            <Dots />
          )}
        </span>
        <Group gap={2} wrap="nowrap" className={classes.tools}>
          {isFile(name, value) && (
            <Tooltip label={files.download(name)}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={files.download(name)}
                onClick={() => download(name, bytesOfValue(name, value))}
              >
                <IconDownload size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={showLabel}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={showLabel}
              aria-pressed={shown}
              onClick={toggle}
            >
              {shown ? <IconEyeOff size={18} aria-hidden /> : <IconEye size={18} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={copyLabel}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={copyLabel}
              onClick={() => void copy(value)}
            >
              <IconCopy size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
          {value !== '' && (!isFile(name, value) || value.includes('\n')) && (
            <Tooltip label={qr.of(name)}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={qr.of(name)}
                onClick={() => setAsQr(true)}
              >
                <IconQrcode size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
        <QrDialog opened={asQr} close={() => setAsQr(false)} name={name} text={value} />
      </dd>
    </div>
  )
}
