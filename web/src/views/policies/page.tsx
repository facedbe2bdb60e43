import { useSearchTexts } from '../../app/search.ts'
import { NewPolicy } from './new-policy.tsx'
import { PolicyList } from './policy-list.tsx'
import { PolicyPage } from './policy-page.tsx'

/** The policies: all of them, one, or one that is being made. */
export default function PoliciesPage() {
  const [{ name, new: isNew }] = useSearchTexts()
  if (isNew !== undefined) return <NewPolicy />
  return name === undefined || name === '' ? <PolicyList /> : <PolicyPage key={name} name={name} />
}
