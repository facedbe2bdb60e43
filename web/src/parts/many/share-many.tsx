import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { readMany, secretsOf } from '../../api/many.ts'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { Share } from '../share/share.tsx'
import { Loading } from '../states/loading.tsx'
import { Trouble } from '../states/trouble.tsx'
import type { Chosen } from './chosen.ts'

import { mostShared } from './most-shared.ts'

type Props = { readonly chosen: Chosen; readonly close: () => void }

/** Shares the fields of several secrets together, each by the name of its secret and its own. */
export function ShareMany({ chosen, close }: Props) {
  const { many, share } = useTexts()
  const [showing, setShowing] = useState(false)
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['many', chosen],
    queryFn: () => readFields(chosen),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const title = many.shareTitle(chosen.names.length)
  return (
    <Dialog opened close={showing ? undefined : close} title={title}>
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <Share
          source={{ kind: 'secret', name: many.shareName, data }}
          showing={setShowing}
          done={{ label: share.done, run: close }}
        />
      )}
    </Dialog>
  )
}

/** All or nothing: whoever opens it is not to miss what nobody told them of. */
async function readFields({ root, folder, names }: Chosen): Promise<JsonObject> {
  const at = root + folder
  const paths = await secretsOf(at, names)
  const all: [string, JsonObject[string]][] = []
  const found = await readMany(paths.slice(0, mostShared))
  for (const [index, data] of found.entries()) {
    if (data instanceof Error) throw data
    const name = (paths[index] ?? '').slice(at.length)
    for (const [field, value] of Object.entries(data)) all.push([`${name}: ${field}`, value])
  }
  return Object.fromEntries(all)
}
