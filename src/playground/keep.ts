/** What the browser keeps of the playground: the story as it was left, and the reader's files. Kept or not, the page works. */
import { BadStory, readStory, type Story, writeStory } from './story.ts'

const STORY = 'clusterwright/playground/story'
const FILES = 'clusterwright/playground/files'

function read(key: string): string | undefined {
  try {
    return globalThis.localStorage?.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Returns whether it was kept. */
function write(key: string, text: string): boolean {
  try {
    globalThis.localStorage.setItem(key, text)
    return true
  } catch {
    return false
  }
}

export function keptStory(): Story | undefined {
  const text = read(STORY)
  if (text === undefined) return undefined
  try {
    return readStory(text)
  } catch (error) {
    // Another version of the page left it.
    if (error instanceof BadStory) return undefined
    throw error
  }
}

export const keepStory = (story: Story): boolean => write(STORY, writeStory(story))

/** What the reader changed, over what the playground brings. */
export function keptFiles(brought: Readonly<Record<string, string>>): Record<string, string> {
  let own: unknown
  try {
    own = JSON.parse(read(FILES) ?? '{}')
  } catch {
    own = {}
  }
  const texts = Object.entries(own ?? {}).filter(([, content]) => typeof content === 'string') as [string, string][]
  return { ...brought, ...Object.fromEntries(texts) }
}

export function keepFiles(files: Readonly<Record<string, string>>, brought: Readonly<Record<string, string>>): boolean {
  const own = Object.entries(files).filter(([name, content]) => brought[name] !== content)
  return write(FILES, JSON.stringify(Object.fromEntries(own)))
}
