/** The explainer in a Web Worker: one answer per question, in order. */
import type { Answered } from '../simulation/protocol.ts'
import { createExplainer } from './explainer.ts'
import type { ExplainRequests } from './protocol.ts'

const explainer = createExplainer()

interface Question<N extends keyof ExplainRequests = keyof ExplainRequests> {
  readonly id: number
  readonly name: N
  readonly body: ExplainRequests[N][0]
}

self.onmessage = ({ data: { id, name, body } }: MessageEvent<Question>) => {
  let answer: Answered
  try {
    answer = { id, value: explainer.answer(name, body) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
}
