/** The playground's world in a Web Worker: one answer per question, in order. */
import type { Answered } from '../simulation/protocol.ts'
import { fetchDescriptions, wantsDescriptions } from './descriptions.ts'
import type { PlaygroundRequests } from './protocol.ts'
import { createSession } from './session.ts'

const session = createSession()

interface Question<N extends keyof PlaygroundRequests = keyof PlaygroundRequests> {
  readonly id: number
  readonly name: N
  readonly body: PlaygroundRequests[N][0]
}

/** While something is fetched, later questions wait. */
let before: Promise<void> | undefined

self.onmessage = ({ data }: MessageEvent<Question>) => {
  if (wantsDescriptions(data.name, data.body))
    before = (before ?? Promise.resolve()).then(() => fetchDescriptions(session))
  if (before === undefined) return reply(data)
  const mine = before.then(() => reply(data))
  before = mine
  void mine.then(() => {
    if (before === mine) before = undefined
  })
}

function reply({ id, name, body }: Question): void {
  let answer: Answered
  try {
    answer = { id, value: session.answer(name, body) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
}
