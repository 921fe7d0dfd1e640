/** Each exhibit: with the bug clients see what was told of it; as it was mended they do not. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../../simulation/simulation.ts'
import { storyText } from '../../simulation/stories.ts'
import { exhibits } from '../../course/museum.ts'
import { FIGURES } from '../figures.ts'

const simulation = createSimulation(storyText)

const RIGHT: Readonly<Record<string, readonly [bug: string, mended: string]>> = {
  M1: ['red', 'green'],
  M2: ['red', 'error'],
  M3: ['fooled', 'refused'],
  M4: ['PUT', 'DELETE'],
  M5: ['lost', 'silent'],
}

describe.each(exhibits)('$figure: $issueTitle', ({ figure: id }) => {
  it.each(['bug', 'mended'] as const)('%s', async (how) => {
    const { figure } = await FIGURES[id]!()
    const { effect } = figure.tweaks[0]!.choices.find(({ value }) => value === how)!
    if (effect.kind !== 'story') throw new Error('it forks')
    const timeline = simulation.answer('load', { ...figure.story, ...effect.request })
    expect(figure.prediction.outcome(timeline)?.value).toBe(RIGHT[id]![how === 'bug' ? 0 : 1])
  })
})
