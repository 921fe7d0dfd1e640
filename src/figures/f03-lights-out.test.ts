/** F03's sentence: the load goes on, and the lost Pod is not replaced before the control plane is back. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as lights } from './f03-lights-out.ts'
import { isAnswered, loadOf } from './kit/load-strip.ts'

const simulation = createSimulation(storyText)
const play = () => simulation.answer('load', lights.story)

describe('F03, lights out', () => {
  it('has every request answered without a control plane, and the lost Pod not replaced before it is back', () => {
    const timeline = play()
    const outcome = lights.prediction.outcome(timeline)
    expect(outcome).toMatchObject({
      value: 'alone',
      sentence: expect.stringMatching(/(\d+) of \1 requests were answered/),
    })
    const fault = (text: string) => timeline.events.find(({ label }) => label === text)!
    const pods = ({ tick }: { tick: number }) => simulation.answer('seek', { branch: 0, tick }).pods
    const dark = fault('powerOff node-3')
    const on = fault('powerOn cp-1')
    const names = (at: { tick: number }) => pods(at).map(({ name }) => name)
    expect(names({ tick: on.tick - 1 })).toEqual(names(dark))
    const after = pods(timeline.end)
    const old = after.find(({ phase }) => phase === 'terminating')!
    expect(old.node).toBe('node-3')
    const fresh = after.filter(({ name }) => !names(dark).includes(name))
    expect(fresh).toEqual([expect.objectContaining({ phase: 'ready' })])
    expect(timeline.end.at - on.at).toBeGreaterThan(350e6)
  })

  it('lets a kubelet start a dead container again while nobody is in control: same Pod, one restart', () => {
    const timeline = play()
    const killed = timeline.events.find(({ verb }) => verb === 'crash')!
    const dark = timeline.events.find(({ label }) => label === 'powerOff node-3')!
    const pod = (tick: number) =>
      simulation.answer('seek', { branch: 0, tick }).pods.find(({ name }) => killed.name.includes(`_${name}_`))!
    const before = pod(killed.tick - 1)
    const after = pod(dark.tick - 1)
    expect([before.restarts, after.restarts]).toEqual([0, 1])
    expect([after.uid, after.ip]).toEqual([before.uid, before.ip])
  })

  it('answers every request again once the lost address is out of the rules', () => {
    const timeline = play()
    const silent = timeline.events.find(({ remark }) => remark.includes('node-3 has been silent'))!
    const load = loadOf(timeline, 'client').filter(({ at }) => at > silent.at + 2e6)
    expect(load.length).toBeGreaterThan(200)
    expect(load.every(isAnswered)).toBe(true)
  })

  it('goes on for ever without replacing anything where the power does not come back', () => {
    const timeline = play()
    const on = timeline.events.find(({ label }) => label === 'powerOn cp-1')!
    const changes = [{ command: { type: 'powerOff', machine: 'cp-1' } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick: on.tick + 40, changes, extraMicros: 60_000_000 })
    const made = fork.events.filter(
      ({ tick, verb, resource }) => tick > on.tick + 40 && verb === 'POST' && resource === 'pods',
    )
    expect(made).toEqual([])
    expect(
      loadOf(fork, 'client')
        .filter(({ tick }) => tick > on.tick + 40)
        .some(isAnswered),
    ).toBe(true)
  })
})
