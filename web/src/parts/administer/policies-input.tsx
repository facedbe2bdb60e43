import { TagsInput } from '@mantine/core'
import { usePolicies } from '../../api/policies.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly value: readonly string[]; readonly change: (value: string[]) => void }

/** Names of policies, chosen among those that are there where these may be listed, or typed. */
export function PoliciesInput({ value, change }: Props) {
  const { admin } = useTexts()
  const { data = [] } = usePolicies()
  return (
    <TagsInput
      label={admin.policies}
      description={admin.policiesHint}
      value={[...value]}
      onChange={change}
      data={data.filter((name) => name !== 'root')}
      limit={50}
      clearable={false}
      comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
    />
  )
}
