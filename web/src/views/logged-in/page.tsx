import { Button } from '@mantine/core'
import { useSession } from '../../app/session/context.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { Lone } from '../../parts/lone/lone.tsx'
import { useTexts } from '../../texts/texts.ts'

/** Where a login ends that another tab is waiting for. */
export default function LoggedInPage() {
  const { login, product } = useTexts()
  const isIn = useSession().state.kind === 'in'
  return (
    <Lone title={isIn ? login.done : product} lead={isIn ? login.doneText : login.lead}>
      <Button variant="default" component={LinkTo} to={isIn ? '/' : '/login'}>
        {isIn ? login.doneHere : login.submit}
      </Button>
    </Lone>
  )
}
