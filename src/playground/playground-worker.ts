/** The playground's world in a Web Worker: one answer per question, in order. */
import type { Answered } from '../simulation/protocol.ts'
import type { PlaygroundRequests } from './protocol.ts'
import { createSession } from './session.ts'

const session = createSession()

interface Question<N extends keyof PlaygroundRequests = keyof PlaygroundRequests> {
  readonly id: number
  readonly name: N
  readonly body: PlaygroundRequests[N][0]
}

self.onmessage = ({ data: { id, name, body } }: MessageEvent<Question>) => {
  let answer: Answered
  try {
    answer = { id, value: session.answer(name, body) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
}
