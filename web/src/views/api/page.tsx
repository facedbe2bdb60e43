import { Text, Title } from '@mantine/core'
import { IconApi } from '@tabler/icons-react'
import { useOperations } from '../../api/description/use-operations.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './api.module.css'
import { OperationList } from './operation-list.tsx'
import { OperationPanel } from './operation-panel.tsx'

/** All that the API does, found as one types, and tried with the session of whoever is logged in. */
export default function ApiPage() {
  const { api } = useTexts()
  const [{ op }, search] = useSearchTexts()
  const { data: operations, error, isPending, refetch } = useOperations()
  const chosen = operations?.find(({ id }) => id === op)
  return (
    <div className={classes.page}>
      <div className={classes.top}>
        <Title order={1} size="h3">
          {api.title}
        </Title>
        <Text c="dimmed">{api.lead}</Text>
      </div>
      {isPending ? (
        <Loading />
      ) : operations === undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <div className={classes.panes} data-open={op !== undefined || undefined}>
          <section className={classes.list} aria-label={api.list}>
            <OperationList operations={operations} chosen={op} />
          </section>
          <section className={classes.detail} aria-label={chosen?.summary ?? api.choose}>
            {chosen !== undefined ? (
              <OperationPanel key={chosen.id} operation={chosen} close={() => search({ op: undefined })} />
            ) : op !== undefined ? (
              <State icon={IconApi} title={api.unknown} text={api.unknownText} />
            ) : (
              <State icon={IconApi} title={api.choose} text={api.chooseText} />
            )}
          </section>
        </div>
      )}
    </div>
  )
}
