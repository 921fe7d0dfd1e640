/** A cluster story in a form that can be compared between hosts: what it printed, and the hash of all that happened. */
import { playStory } from '#cluster/scenarios/story.ts'

export interface ToldStory {
  readonly hash: string
  readonly tick: number
  readonly now: number
  /** The hash where somebody who goes back to these ticks arrives. */
  readonly sought: readonly string[]
  readonly outputs: readonly string[]
}

/** Plays a script from its beginning, and goes back to three moments of it. */
export function tellStory(script: string, seed: number | undefined): ToldStory {
  const { history, scenes } = playStory(script, 'story', seed === undefined ? {} : { seed })
  const { head } = history
  const ticks = [1, 3, 7].map((eighths) => Math.floor((head.tick * eighths) / 8))
  return {
    hash: head.hash(),
    tick: head.tick,
    now: head.now,
    sought: ticks.map((tick) => history.at(tick).hash()),
    outputs: scenes.map(({ output }) => output),
  }
}
