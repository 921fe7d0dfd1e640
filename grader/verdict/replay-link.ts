/**
 * A replay as a link: `…/exercises/replicaset/#replay=<the packed file>`. What stands after the # never leaves the browser
 * that opens it.
 */
import { BadPack, pack, unpack } from './packed-text.ts'
import { BadReplay, REPLAY_CHARACTERS_MAX, readReplayFile, type ReplayFile } from './replay-file.ts'

const MARK = '#replay='
/** Beyond that, programs that pass links on begin to cut them. Send the file instead. */
export const LINK_CHARACTERS_MAX = 32_000

/** `#replay=…`. Throws `BadReplay` when it would be too long. */
export async function hashOf(file: ReplayFile): Promise<string> {
  const hash = `${MARK}${await pack(JSON.stringify(file))}`
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
  try {
    return readReplayFile(await unpack(text, REPLAY_CHARACTERS_MAX))
  } catch (error) {
    if (error instanceof BadPack) throw new BadReplay(`the link ${error.message}`)
    throw error
  }
}
