/**
 * A figure's first moment, worked out while the site is built: what stands in the page, so that the picture is there, from
 * the real simulation, before anything of the simulation has been fetched.
 */
import type { Timeline } from '../simulation/protocol.ts'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { FIGURES } from './figures.ts'
import type { PlayerState } from './kit/player.ts'
import { indexOfTick, stepsOf } from './kit/steps.ts'

/** Undefined for a figure that is not there yet. */
export async function openingOf(id: string, seed?: number): Promise<PlayerState | undefined> {
  const load = FIGURES[id]
  if (!load) return undefined
  const { figure } = await load()
  const simulation = createSimulation(storyText)
  const timeline = simulation.answer('load', { ...figure.story, ...(seed !== undefined && { seed }) })
  const tick = figure.opening(timeline)
  const steps = stepsOf(timeline, figure.lens, tick)
  const step = steps[indexOfTick(steps, tick)]
  if (!step)
    throw new Error(`figure ${id} shows nothing at tick ${tick}, where it opens; correct its lens or its opening`)
  const frame = simulation.answer('seek', { branch: 0, tick: step.event.tick })
  const short: Timeline = { ...timeline, scenes: [], events: [step.event], notes: [] }
  return { timeline: short, steps: [step], index: 0, wanted: 0, frame, isPlaying: false }
}
