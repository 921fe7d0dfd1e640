/** A world that goes on, with a clock moved by hand: playing, looking back, going on from there. */
import { expect, it } from 'vitest'
import { Live, type LiveClock } from './live.ts'
import type { PlaygroundRequests } from './protocol.ts'
import { createSession } from './session.ts'
import { DEFAULT_SETUP, FIRST_LOOK_MICROS, freshStory } from './story.ts'

/** Time that passes when somebody lets it. */
function handClock(): LiveClock & { pass(milliseconds: number): Promise<void> } {
  let now = 0
  let waiting: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after(milliseconds, run) {
      const entry = { at: now + milliseconds, run }
      waiting.push(entry)
      return () => (waiting = waiting.filter((one) => one !== entry))
    },
    async pass(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const next = waiting.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end)
        if (!next) break
        now = next.at
        waiting = waiting.filter((one) => one !== next)
        next.run()
        // Whatever the world answers at once has been heard after a few turns.
        for (let i = 0; i < 20; i++) await Promise.resolve()
      }
      now = end
    },
  }
}

async function opened() {
  const session = createSession()
  const clock = handClock()
  const ask = async <N extends keyof PlaygroundRequests & string>(name: N, body: PlaygroundRequests[N][0]) =>
    session.answer(name, body)
  const live = new Live({ ask, dispose: () => {} }, clock, () => {})
  await live.open(freshStory({ ...DEFAULT_SETUP, nodes: 1 }), false)
  await clock.pass(1_000)
  return { live, clock, state: () => live.state! }
}

it('opens up to the time of its story, then stands still until it is played', async () => {
  const { live, clock, state } = await opened()
  expect(state()).toMatchObject({ opening: undefined, at: FIRST_LOOK_MICROS })
  await clock.pass(2_000)
  expect(state().at).toBe(FIRST_LOOK_MICROS)
  live.play()
  live.setSpeed(10)
  await clock.pass(2_000)
  // Ten seconds for each, but for the last stretch, which is not over yet.
  expect(state().at).toBeGreaterThan(FIRST_LOOK_MICROS + 18_000_000)
  expect(state().at).toBeLessThanOrEqual(FIRST_LOOK_MICROS + 20_000_000)
})

it('gives kubectl its time while the clock stands still, and no more', async () => {
  const { live, clock, state } = await opened()
  const id = await live.type('kubectl get nodes', {})
  await clock.pass(3_000)
  expect(state().calls.get(id)).toMatchObject({ exitCode: 0 })
  const { at } = state()
  expect(at).toBeLessThan(FIRST_LOOK_MICROS + 1_000_000)
  await clock.pass(3_000)
  expect(state().at).toBe(at)
})

it('looks back, and goes on from there without what came after', async () => {
  const { live, clock, state } = await opened()
  await live.type('kubectl scale deployment coredns -n kube-system --replicas=0', {})
  await clock.pass(3_000)
  const index = state().steps.findIndex(({ event }) => event.kind === 'command' && event.at >= FIRST_LOOK_MICROS)
  await live.look(index - 1)
  expect(state()).toMatchObject({ past: index - 1, isPlaying: false })
  expect(state().frame.tick).toBe(state().steps[index - 1]!.event.tick)
  await live.goOnFromHere()
  await clock.pass(1_000)
  expect(await live.story()).toMatchObject({ acts: [] })
  expect(state()).toMatchObject({ past: undefined, opening: undefined })
  expect(state().calls.size).toBe(0)
})
