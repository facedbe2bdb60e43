import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Filter, hashOf } from '../../api/audit.ts'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './audit.module.css'

const operations = ['read', 'list', 'create', 'update', 'patch', 'delete']
const none = { person: '', path: '', operation: '', outcome: '', type: 'response', from: '', until: '' }

type Props = {
  readonly device: string
  readonly filter: Filter
  readonly search: (filter: Filter) => void
}

/** Which lines of a log are looked for. A value is hashed by the server, and stays out of the address. */
export function FilterForm({ device, filter, search }: Props) {
  const { audit } = useTexts()
  const [wanted, setWanted] = useState<typeof none>({ ...none, ...filter })
  const [value, setValue] = useState('')
  const find = useMutation({
    mutationFn: async () => (value === '' ? '' : hashOf(device, value)),
    onSuccess: (text) => search({ ...wanted, from: timeOf(wanted.from), until: timeOf(wanted.until), text }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    find.mutate()
  }
  const clear = () => {
    setWanted(none)
    setValue('')
    search({ type: 'response' })
  }
  const set = (name: keyof typeof none) => ({
    value: wanted[name],
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      setWanted({ ...wanted, [name]: currentTarget.value }),
  })
  return (
    <form onSubmit={submit} className={classes.filter} aria-label={audit.filter}>
      <div className={classes.fields}>
        <TextInput label={audit.person} {...set('person')} data-key="f" />
        <TextInput label={audit.path} {...set('path')} />
        <NativeSelect
          label={audit.operation}
          data={[{ value: '', label: audit.anyOperation }, ...operations]}
          {...set('operation')}
        />
        <NativeSelect
          label={audit.outcome}
          data={[
            { value: '', label: audit.outcomes.any },
            { value: 'done', label: audit.outcomes.done },
            { value: 'failed', label: audit.outcomes.failed },
          ]}
          {...set('outcome')}
        />
        <TextInput label={audit.from} type="datetime-local" {...set('from')} />
        <TextInput label={audit.until} type="datetime-local" {...set('until')} />
        <NativeSelect
          label={audit.kind}
          data={[
            { value: 'response', label: audit.kinds.response },
            { value: 'request', label: audit.kinds.request },
            { value: '', label: audit.kinds.any },
          ]}
          {...set('type')}
        />
        <TextInput
          label={audit.value}
          description={audit.valueHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          type="password"
          autoComplete="off"
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
        />
      </div>
      {find.error !== null && <TroubleLine error={find.error} />}
      <Group gap="sm">
        <Button type="submit" loading={find.isPending}>
          {audit.search}
        </Button>
        <Button variant="default" onClick={clear}>
          {audit.clear}
        </Button>
      </Group>
    </form>
  )
}

/** What such an input holds is in the viewer's own zone. */
const timeOf = (text: string): string => (text === '' ? '' : new Date(text).toISOString())
