import { useStored } from '../../../api/items.ts'
import { Section } from '../../../parts/administer/section.tsx'
import { WriteForm } from '../../../parts/operation/write-form.tsx'
import { withChoices } from '../../../parts/shape-form/groups.ts'
import { Loading } from '../../../parts/states/loading.tsx'
import { Trouble } from '../../../parts/states/trouble.tsx'
import { useTexts } from '../../../texts/texts.ts'
import type { Setting } from './resources.ts'

/** Something that a mount has once, to look at and to change. */
export function SettingPart({ setting: { name, read, write } }: { readonly setting: Setting }) {
  const { engines } = useTexts()
  const { data, error, isPending, refetch } = useStored(read.path)
  return (
    <Section title={name}>
      {isPending ? (
        <Loading />
      ) : data === undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <WriteForm
          operation={write}
          fields={withChoices(write.body, read.answer)}
          given={{}}
          current={data ?? undefined}
          saved={engines.saved(name)}
        />
      )}
    </Section>
  )
}
