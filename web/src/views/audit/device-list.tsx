import { Badge, Button, Group, Stack } from '@mantine/core'
import { IconFileOff, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { Device } from '../../api/audit.ts'
import { useSearchTexts } from '../../app/search.ts'
import { State } from '../../parts/states/state.tsx'
import { sizeText } from '../../texts/sizes.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import classes from './audit.module.css'
import { DisableDevice } from './disable-device.tsx'
import { EnableDevice } from './enable-device.tsx'

/** The audit devices: where each writes, how it is, what it has here. */
export function DeviceList({ devices }: { readonly devices: readonly Device[] }) {
  const { audit } = useTexts()
  const [isEnabling, setIsEnabling] = useState(false)
  return (
    <Stack>
      <Group>
        <Button
          leftSection={<IconPlus size={18} aria-hidden />}
          onClick={() => setIsEnabling(true)}
          data-key="n"
        >
          {audit.enable}
        </Button>
      </Group>
      {devices.length === 0 ? (
        <State icon={IconFileOff} title={audit.none} text={audit.noneText} />
      ) : (
        <ul className={classes.devices} aria-label={audit.devices}>
          {devices.map((device) => (
            <DeviceRow key={device.path} device={device} isLast={devices.length === 1} />
          ))}
        </ul>
      )}
      <EnableDevice opened={isEnabling} close={() => setIsEnabling(false)} />
    </Stack>
  )
}

function DeviceRow({ device, isLast }: { readonly device: Device; readonly isLast: boolean }) {
  const texts = useTexts()
  const { audit } = texts
  const [, setSearch] = useSearchTexts()
  const [isDisabling, setIsDisabling] = useState(false)
  const { path, type, description, options, trouble, isReadable, logs } = device
  const target = options.file_path ?? options.path ?? options.address ?? ''
  const types: Readonly<Record<string, string>> = audit.types
  return (
    <li className={classes.device}>
      <div className={classes.about}>
        <div className={classes.name}>
          <bdi>{path.replace(/\/$/, '')}</bdi>
          <Badge color={trouble === '' ? 'teal' : 'red'} variant="light">
            {trouble === '' ? audit.works : audit.fails}
          </Badge>
        </div>
        <div className={classes.facts}>
          {types[type] ?? type}
          {target !== '' && (
            <>
              {' · '}
              {audit.writesTo} <bdi>{target}</bdi>
            </>
          )}
        </div>
        {description !== '' && (
          <div className={classes.facts}>
            <bdi>{description}</bdi>
          </div>
        )}
        {trouble !== '' && (
          <p className={classes.error}>
            <bdi>{trouble}</bdi>
          </p>
        )}
        {logs.map(({ process, bytes, modified }) => (
          <div key={process} className={classes.facts}>
            {audit.logOf(
              process === '' ? audit.first : audit.process(process),
              sizeText(texts, bytes),
              moment(texts, modified),
            )}
          </div>
        ))}
      </div>
      <Group gap="sm">
        {isReadable && logs.length > 0 && (
          <Button
            variant="default"
            size="sm"
            onClick={() => setSearch({ part: 'log', log: `${path}${logs[0]?.process}` })}
          >
            {audit.read}
          </Button>
        )}
        <Button
          variant="default"
          size="sm"
          aria-label={audit.disableOf(path)}
          onClick={() => setIsDisabling(true)}
        >
          {audit.disable}
        </Button>
      </Group>
      <DisableDevice opened={isDisabling} close={() => setIsDisabling(false)} path={path} isLast={isLast} />
    </li>
  )
}
