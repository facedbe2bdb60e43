import { Stack, Text } from '@mantine/core'
import { IconQrcodeOff } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { State } from '../states/state.tsx'
import { bytesOf, mostBytes, qrOf } from './modules.ts'
import classes from './qr.module.css'

/** A text as a QR code, or why it is none. With the library that draws it, so loaded when it is asked for. */
export default function QrPicture({ name, text }: { readonly name: string; readonly text: string }) {
  const { qr } = useTexts()
  const code = useMemo(() => qrOf(text), [text])
  if (code === undefined) {
    return <State icon={IconQrcodeOff} title={qr.long} text={qr.longText(bytesOf(text), mostBytes)} />
  }
  return (
    <Stack align="center" gap="xs">
      <svg
        className={classes.code}
        role="img"
        aria-label={qr.picture(name)}
        viewBox={`0 0 ${code.size} ${code.size}`}
        shapeRendering="crispEdges"
      >
        <rect width={code.size} height={code.size} fill="#fff" />
        <path d={code.path} fill="#000" />
      </svg>
      <Text size="sm" c="dimmed" ta="center">
        {qr.hint}
      </Text>
    </Stack>
  )
}
