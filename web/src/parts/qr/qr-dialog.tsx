import { lazy, Suspense } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { Loading } from '../states/loading.tsx'

const QrPicture = lazy(() => import('./qr-code.tsx'))

type Props = {
  readonly opened: boolean
  readonly close: () => void
  /** What it is of, in words. */
  readonly name: string
  readonly text: string
}

/** Something secret as a QR code, for a phone. */
export function QrDialog({ opened, close, name, text }: Props) {
  const { qr } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={qr.of(name)}>
      <Suspense fallback={<Loading />}>
        <QrPicture name={name} text={text} />
      </Suspense>
    </Dialog>
  )
}
