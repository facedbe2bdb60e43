import { ActionIcon, Text, TextInput, Tooltip } from '@mantine/core'
import { IconAlignLeft, IconClockHour4, IconDice5, IconMinus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { sizeText } from '../../texts/sizes.ts'
import { useTexts } from '../../texts/texts.ts'
import { Generator } from '../generator/generator.tsx'
import classes from './field-editor.module.css'
import type { Fault, Field } from './fields.ts'
import { TotpDialog } from './totp/totp-dialog.tsx'
import { ValueInput } from './value-input.tsx'

type Props = {
  readonly number: number
  readonly field: Field
  /** What one-time codes of it would be for. */
  readonly account: string
  readonly fault: Fault | undefined
  readonly change: (changed: Partial<Field>) => void
  readonly remove: () => void
}

/** One field as it is written. */
export function FieldEditor({ number, field, account, fault, change, remove }: Props) {
  const { secret, files, totp, code } = useTexts()
  const [lines, setLines] = useState(field.value.includes('\n'))
  const [generating, setGenerating] = useState(false)
  const [coding, setCoding] = useState(false)
  const label = field.name || secret.unnamed(number)
  const faults = { missing: secret.fieldMissing, twice: secret.fieldTwice, json: secret.fieldJson }
  const all = [
    { label: secret.generate, icon: IconDice5, run: () => setGenerating(true) },
    {
      label: lines ? secret.oneLine : secret.lines,
      icon: lines ? IconMinus : IconAlignLeft,
      run: () => setLines(!lines),
    },
    { label: totp.codes, icon: IconClockHour4, run: () => setCoding(true) },
    { label: secret.remove(label), icon: IconTrash, run: remove },
  ]
  const tools = field.kind === 'file' ? all.slice(-1) : all
  return (
    <div className={classes.row}>
      <TextInput
        className={classes.name ?? ''}
        aria-label={secret.fieldNumber(number)}
        placeholder={secret.field}
        autoComplete="off"
        spellCheck={false}
        value={field.name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        error={fault !== undefined && fault !== 'json' ? faults[fault] : undefined}
      />
      {field.kind === 'file' ? (
        <Text size="sm" className={classes.file ?? ''}>
          {files.size(sizeText({ code }, Math.floor(field.value.replace(/=+$/, '').length * 0.75)))}
        </Text>
      ) : (
        <ValueInput
          name={label}
          lines={lines || field.kind === 'json'}
          value={field.value}
          change={(value) => change({ value })}
          error={fault === 'json' ? faults.json : undefined}
        />
      )}
      <div className={classes.tools}>
        {tools.map(({ label: what, icon: Icon, run }) => (
          <Tooltip key={what} label={what}>
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={what} onClick={run}>
              <Icon size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </div>
      <Generator
        opened={generating}
        close={() => setGenerating(false)}
        use={(value) => change({ value, kind: 'text' })}
      />
      <TotpDialog
        opened={coding}
        close={() => setCoding(false)}
        value={field.value}
        account={account}
        use={(value) => change({ value, kind: 'text', name: field.name || totp.usual })}
      />
    </div>
  )
}
