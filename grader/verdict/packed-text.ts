/**
 * A text as part of an address: deflated, in base64url. zlib's form of deflate has a checksum, so what was cut or changed on
 * its way is found out.
 */

/** It cannot be unfolded; the message says why, as the rest of a sentence. */
export class BadPack extends Error {}

export async function pack(text: string): Promise<string> {
  return base64url(await through(new TextEncoder().encode(text), new CompressionStream('deflate'), Infinity))
}

/** @param bytesMax a small text can unfold to anything: beyond this it is refused. Throws `BadPack`. */
export async function unpack(packed: string, bytesMax: number): Promise<string> {
  if (!/^[\w-]+$/.test(packed)) throw new BadPack('has characters that do not belong there: copy it once more')
  try {
    const bytes = await through(fromBase64url(packed), new DecompressionStream('deflate'), bytesMax)
    return new TextDecoder().decode(bytes)
  } catch (error) {
    if (error instanceof BadPack) throw error
    throw new BadPack('is damaged: it was probably cut, copy it once more')
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  bytesMax: number,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter()
  const written = writer.write(bytes as Uint8Array<ArrayBuffer>).then(() => writer.close())
  // What goes wrong while writing shows while reading.
  written.catch(() => {})
  const parts: Uint8Array[] = []
  let size = 0
  const reader = stream.readable.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > bytesMax) {
      await reader.cancel()
      throw new BadPack(`unfolds to more than ${bytesMax} bytes`)
    }
    parts.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const base64url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

function fromBase64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
