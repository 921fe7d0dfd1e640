/**
 * A replay as a link: `…/exercises/replicaset/#replay=<base64url of the deflated file>`. What stands after the # never leaves
 * the browser that opens it. zlib's form of deflate has a checksum, so a link that was cut or changed is found out.
 */
import { BadReplay, REPLAY_CHARACTERS_MAX, readReplayFile, type ReplayFile } from './replay-file.ts'

const MARK = '#replay='
/** Beyond that, programs that pass links on begin to cut them. Send the file instead. */
export const LINK_CHARACTERS_MAX = 32_000

/** `#replay=…`. Throws `BadReplay` when it would be too long. */
export async function hashOf(file: ReplayFile): Promise<string> {
  const packed = await through(new TextEncoder().encode(JSON.stringify(file)), new CompressionStream('deflate'))
  const hash = `${MARK}${base64url(packed)}`
  if (hash.length <= LINK_CHARACTERS_MAX) return hash
  throw new BadReplay(
    `the link would have ${hash.length} characters, and more than ${LINK_CHARACTERS_MAX} are cut on their way: send the file instead`,
  )
}

/** Undefined where the hash is about something else. Throws `BadReplay` when it is a replay that cannot be read. */
export async function replayIn(hash: string): Promise<ReplayFile | undefined> {
  if (!hash.startsWith(MARK)) return undefined
  const text = hash.slice(MARK.length)
  if (text.length > LINK_CHARACTERS_MAX)
    throw new BadReplay(`the link is longer than ${LINK_CHARACTERS_MAX} characters`)
  if (!/^[\w-]+$/.test(text)) throw new BadReplay('the link has characters that do not belong there: copy it once more')
  let bytes: Uint8Array
  try {
    bytes = await through(fromBase64url(text), new DecompressionStream('deflate'))
  } catch (error) {
    if (error instanceof BadReplay) throw error
    throw new BadReplay('the link is damaged: it was probably cut, copy it once more')
  }
  return readReplayFile(new TextDecoder().decode(bytes))
}

/** Reads to the end, but no more than a replay may have: a small link can unfold to anything. */
async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
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
    if (size > REPLAY_CHARACTERS_MAX) {
      await reader.cancel()
      throw new BadReplay(`the link unfolds to more than ${REPLAY_CHARACTERS_MAX} bytes: that is no replay`)
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
