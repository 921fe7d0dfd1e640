import { describe, expect, it } from 'vitest'
import type { Frame, Timeline } from '../../simulation/protocol.ts'
import { Player } from './player.ts'
import type { Step } from './steps.ts'

const timeline = { branch: 0, end: { tick: 50, at: 50 } } as unknown as Timeline
const steps = Array.from({ length: 5 }, (_, i) => ({ event: { tick: i * 10 }, part: 0 })) as unknown as Step[]

/** A player whose frames come when the test says so, and whose time passes when the test says so. */
function bench() {
  const asked: { tick: number; answer(): Promise<void> }[] = []
  const timers: (() => void)[] = []
  const client = {
    ask: (_: string, { tick }: { tick: number }) =>
      new Promise((resolve) =>
        asked.push({ tick, answer: async () => (resolve({ tick } as Frame), await new Promise(setImmediate)) }),
      ),
  }
  const clock = {
    after(_: number, run: () => void) {
      timers.push(run)
      return () => void timers.splice(timers.indexOf(run), 1)
    },
  }
  const player = new Player(client as never, clock, () => {})
  const open = async (index = 0) => {
    const opening = player.open(timeline, steps, index)
    await asked.shift()!.answer()
    await opening
  }
  return { player, asked, timers, open }
}

describe('a player', () => {
  it('shows a step only with its own frame, and asks for the newest wish alone', async () => {
    const { player, asked, open } = bench()
    await open()
    for (const index of [1, 2, 4]) player.goTo(index)
    expect(player.state).toMatchObject({ index: 0, wanted: 4 })
    expect(asked.map(({ tick }) => tick)).toEqual([10])
    await asked.shift()!.answer()
    expect(player.state).toMatchObject({ index: 1, wanted: 4, frame: { tick: 10 } })
    expect(asked.map(({ tick }) => tick)).toEqual([40])
    await asked.shift()!.answer()
    expect(player.state).toMatchObject({ index: 4, frame: { tick: 40 } })
  })

  it('stays within the run', async () => {
    const { player, open } = bench()
    await open(2)
    player.goTo(99)
    expect(player.state!.wanted).toBe(4)
    player.step(-99)
    expect(player.state!.wanted).toBe(0)
  })

  it('plays on by itself, stops at the end, and then begins again', async () => {
    const { player, asked, timers, open } = bench()
    await open(3)
    player.play()
    timers.shift()!()
    await asked.shift()!.answer()
    expect(player.state).toMatchObject({ index: 4, isPlaying: true })
    timers.shift()!()
    expect(player.state).toMatchObject({ index: 4, isPlaying: false })
    player.play()
    expect(player.state).toMatchObject({ wanted: 0, isPlaying: true })
  })

  it('pauses where somebody steps', async () => {
    const { player, timers, open } = bench()
    await open()
    player.play()
    player.step(1)
    expect([player.state!.isPlaying, timers.length]).toEqual([false, 0])
  })

  it('drops a frame of a run that was left meanwhile', async () => {
    const { player, asked, open } = bench()
    await open()
    player.goTo(3)
    const late = asked.shift()!
    const other = { ...timeline, branch: 1 } as Timeline
    const opening = player.open(other, steps, 1)
    await asked.shift()!.answer()
    await opening
    await late.answer()
    expect(player.state).toMatchObject({ timeline: other, index: 1, frame: { tick: 10 } })
  })
})
