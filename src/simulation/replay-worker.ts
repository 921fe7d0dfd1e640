/** A failing run of a check, played again in a worker and told in words; then it answers like any simulation. */
import { loadEngineInBrowser } from '#grader/engine-browser.ts'
import { loadExerciseInBrowser } from '#grader/exercises-browser.ts'
import { replay } from '#grader/kit/replay.ts'
import type { Answered, Asked, ReplayRequest, Timeline } from './protocol.ts'
import { recordAgain } from './run.ts'
import { createSimulation } from './simulation.ts'

const simulation = createSimulation(() => {
  throw new Error('a replay has no story')
})

async function playAgain({ exercise: id, compiled, replay: wanted }: ReplayRequest): Promise<Timeline> {
  const [exercise, engine] = await Promise.all([loadExerciseInBrowser(id), loadEngineInBrowser()])
  const { history } = replay(exercise, compiled, wanted, engine)
  return simulation.adopt(history, recordAgain(history), wanted.seed)
}

self.onmessage = async ({ data }: MessageEvent<Asked | { id: number; name: 'replay'; body: ReplayRequest }>) => {
  let answer: Answered
  try {
    const value =
      data.name === 'replay'
        ? await playAgain(data.body as ReplayRequest)
        : simulation.answer(data.name, data.body as never)
    answer = { id: data.id, value }
  } catch (error) {
    answer = { id: data.id, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
}
