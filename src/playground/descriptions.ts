/**
 * What the fields of the API are for, fetched when a line first asks for it: as much again as the whole of the playground, and
 * most people never ask.
 */
import type { Described } from '#cluster/api/schema/schema.ts'
import type { PlaygroundRequests } from './protocol.ts'
import type { Session } from './session.ts'

const ADDRESS = `${import.meta.env.BASE_URL.replace(/\/?$/, '/')}api/descriptions.json`

const asks = (line: string): boolean => /\bexplain\b|\/openapi\//.test(line)

/** Whether this question cannot be answered well without them: a line, or a story that has one. */
export function wantsDescriptions<N extends keyof PlaygroundRequests>(
  name: N,
  body: PlaygroundRequests[N][0],
): boolean {
  if (name === 'type') return asks((body as PlaygroundRequests['type'][0]).line)
  if (name !== 'open') return false
  return (body as PlaygroundRequests['open'][0]).acts.some((act) => 'line' in act && asks(act.line))
}

let isKnown = false

/** Where they do not arrive, fields are told by their types alone, and the next line that asks tries again. */
export async function fetchDescriptions(session: Session): Promise<void> {
  if (isKnown) return
  try {
    const answer = await fetch(ADDRESS)
    if (!answer.ok) return
    session.learn((await answer.json()) as Described)
    isKnown = true
  } catch {
    // Offline, and never asked before.
  }
}
