import { useAllowed } from '../../api/acl.ts'
import { NoSecrets, useMount } from '../../api/secrets.ts'
import { useSecretMounts } from '../../api/spaces.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Missing } from '../../app/states/missing.tsx'
import { Explorer } from '../../parts/explorer/explorer.tsx'
import { useSpot } from '../../parts/explorer/use-spot.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

/** One place where secrets are kept. */
export default function PlacePage() {
  const { places } = useTexts()
  const [{ at }] = useSearchTexts()
  const { folder } = useSpot()
  const allowed = useAllowed()
  const { data: mount, error, isPending, refetch } = useMount(at)
  const { data: all = [] } = useSecretMounts()
  if (at === undefined || error instanceof NoSecrets) return <Missing />
  if (isPending) return <Loading />
  if (error !== null) return <Trouble isPage error={error} again={() => void refetch()} />
  const inside = mount.version === 2 ? `${mount.path}data/${folder}` : mount.path + folder
  const goesWithLogin = all.some(({ path, type }) => path === mount.path && type === 'cubbyhole')
  return (
    <Explorer
      title={mount.path.replace(/\/$/, '')}
      root={mount.path}
      writable={allowed(`${inside}x`, 'create', 'update')}
      above={{ label: places.title, to: '/places' }}
      warning={goesWithLogin ? places.loginOnlyText : undefined}
    />
  )
}
