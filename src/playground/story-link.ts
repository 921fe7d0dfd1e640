/** A story as a link: what stands after the # never leaves the browser that opens it. */
import { BadPack, pack, unpack } from '#grader/verdict/packed-text.ts'
import { BadStory, readStory, type Story, writeStory } from './story.ts'

const MARK = '#world='
/** Beyond that, programs that pass links on begin to cut them. */
const LINK_CHARACTERS_MAX = 16_000
const STORY_BYTES_MAX = 4_000_000

/** Undefined where it would be too long for a link. */
export async function storyHash(story: Story): Promise<string | undefined> {
  const hash = MARK + (await pack(writeStory(story)))
  return hash.length <= LINK_CHARACTERS_MAX ? hash : undefined
}

/** Undefined where the hash is about something else. Throws `BadStory` when it is a story that cannot be read. */
export async function storyIn(hash: string): Promise<Story | undefined> {
  if (!hash.startsWith(MARK)) return undefined
  try {
    return readStory(await unpack(hash.slice(MARK.length), STORY_BYTES_MAX))
  } catch (error) {
    if (error instanceof BadPack) throw new BadStory(`the link ${error.message}`)
    throw error
  }
}
