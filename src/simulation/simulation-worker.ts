/** The simulation in a Web Worker: one answer per question, in order. */
import type { Answered, Asked, RequestName } from './protocol.ts'
import { createSimulation } from './simulation.ts'
import { storyText } from './stories.ts'

const simulation = createSimulation(storyText)

self.onmessage = ({ data }: MessageEvent<Asked<Exclude<RequestName, 'replay'>>>) => {
  let answer: Answered
  try {
    answer = { id: data.id, value: simulation.answer(data.name, data.body) }
  } catch (error) {
    answer = { id: data.id, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
}
