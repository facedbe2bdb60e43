import decodeQR from 'qr/decode.js'

/** Pixels of a side at which a picture is looked at, at most. */
const mostPixels = 2000

/** The text of a QR code in a picture; undefined where none can be read. */
export async function textInPicture(file: Blob): Promise<string | undefined> {
  try {
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, mostPixels / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(picture.width * scale))
    canvas.height = Math.max(1, Math.round(picture.height * scale))
    const surface = canvas.getContext('2d', { willReadFrequently: true })
    if (surface === null) return undefined
    surface.fillStyle = '#fff'
    surface.fillRect(0, 0, canvas.width, canvas.height)
    surface.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    const { width, height, data } = surface.getImageData(0, 0, canvas.width, canvas.height)
    return decodeQR({ width, height, data }, { timeLimit: 2000 })
  } catch {
    return undefined
  }
}
