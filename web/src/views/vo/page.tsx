import { useParams } from '@tanstack/react-router'
import { usePlaces } from '../../api/spaces.ts'
import { Missing } from '../../app/states/missing.tsx'
import { Explorer } from '../../parts/explorer/explorer.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

/** The folder of one virtual organisation. */
export default function VoPage() {
  const { vos } = useTexts()
  const { vo } = useParams({ strict: false }) as { vo?: string } // the path of this view
  const { data, error, isPending, refetch } = usePlaces()
  if (isPending) return <Loading />
  if (error !== null && data === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  const found = data?.shared.find(({ name }) => name === vo)
  if (found === undefined) return <Missing />
  return (
    <Explorer
      title={found.title}
      root={found.path}
      writable={found.writable}
      above={{ label: vos.title, to: '/vos' }}
    />
  )
}
