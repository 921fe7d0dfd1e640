/** F19's sentence: a count of restarts for a container, another UID for another Pod, and bounds that a roll-out keeps. */
import { describe, expect, it } from 'vitest'
import type { Timeline } from '../simulation/protocol.ts'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as unit } from './f19-pod-as-a-unit.ts'
import { isAnswered, loadOf } from './kit/load-strip.ts'

const simulation = createSimulation(storyText)
const play = () => simulation.answer('load', unit.story)

describe('F19, a Pod as a unit', () => {
  const moments = (timeline: Timeline) =>
    unit.keeps!(timeline).map(({ tick }) => {
      const pods = simulation.answer('seek', { branch: timeline.branch, tick }).pods
      const pod = pods.find(({ phase, labels }) => labels['app'] === 'web' && phase !== 'terminating')!
      return { ...pod, of: pods.length }
    })

  it('keeps name, UID and address through a container’s death, and changes them with the Pod', () => {
    const [first, restarted, second, third] = moments(play())
    expect([restarted!.name, restarted!.uid, restarted!.ip, restarted!.node]).toEqual([first!.name, first!.uid, first!.ip, first!.node]) // prettier-ignore
    expect([first!.restarts, restarted!.restarts]).toEqual([0, 1])
    expect(restarted!.containers.map(({ name, restarts }) => `${name} ${restarts}`)).toEqual(['web 1', 'asker 0'])
    for (const [before, after] of [
      [restarted!, second!],
      [second!, third!],
    ] as const) {
      // prettier-ignore
      expect(after.name).not.toBe(before.name)
      expect(after.uid).not.toBe(before.uid)
      expect(after.ip).not.toBe(before.ip)
      expect(after.restarts).toBe(0)
    }
    expect(third!.node).not.toBe(second!.node)
  })

  it('takes some 350 s to replace the Pod of a node that is dark', () => {
    const timeline = play()
    const dark = timeline.events.find(({ verb }) => verb === 'powerOff')!
    const made = timeline.events.find(
      ({ tick, verb, resource }) => tick > dark.tick && verb === 'POST' && resource === 'pods',
    )!
    expect((made.at - dark.at) / 1e6).toBeGreaterThan(340)
    expect((made.at - dark.at) / 1e6).toBeLessThan(360)
    expect(unit.prediction.outcome(timeline)).toMatchObject({ value: 'container' })
  })

  it('gives both containers one network namespace: one asks the other at 127.0.0.1', () => {
    const timeline = play()
    const answers = loadOf(timeline, moments(timeline)[0]!.name)
    expect(answers.slice(0, 3).every((one) => isAnswered(one) && one.answer.address === '127.0.0.1')).toBe(true)
    const { tick } = unit.keeps!(timeline)[0]!
    const { machines, pods } = simulation.answer('seek', { branch: 0, tick })
    const spaces = machines.flatMap(({ netns }) => netns).filter(({ label }) => label === `default/${pods[0]!.name}`)
    expect(spaces).toHaveLength(1)
  })

  it('rolls out another image within its bounds: never fewer Pods ready than asked for, never more than one beyond', () => {
    const { tick } = unit.keeps!(play())[0]!
    const changes = [{ kubectl: ['set', 'image', 'deployment/web', 'web=web:v2'] }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 0 })
    const writes = fork.events.filter(
      (event) => event.tick > tick && event.tick < tick + 700 && event.resource === 'pods',
    )
    const counts = writes.map((event) => {
      const pods = simulation.answer('seek', { branch: fork.branch, tick: event.tick }).pods
      const alive = pods.filter(({ phase }) => phase !== 'terminating')
      return { ready: alive.filter(({ phase }) => phase === 'ready').length, alive: alive.length, names: pods.map(({ name }) => name) } // prettier-ignore
    })
    expect(Math.min(...counts.map(({ ready }) => ready))).toBe(1)
    expect(Math.max(...counts.map(({ alive }) => alive))).toBe(2)
    expect(counts.at(-1)!.names).not.toContain(counts[0]!.names[0])
  })

  it('gives the Pod another address, and the same name, where its sandbox dies', () => {
    const timeline = play()
    const { tick } = unit.keeps!(timeline)[0]!
    const before = simulation.answer('seek', { branch: 0, tick })
    const sandbox = before.machines.flatMap(({ processes }) => processes).find(({ name }) => name.startsWith('pause_'))!
    const changes = [{ command: { type: 'crash', process: sandbox.id } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 0 })
    const killed = fork.events.find(({ verb, to }) => verb === 'crash' && to === sandbox.id)!
    const later = fork.events.find(({ at }) => at > killed.at + 2e6)!
    const pod = simulation.answer('seek', { branch: fork.branch, tick: later.tick }).pods[0]!
    expect([pod.name, pod.uid]).toEqual([before.pods[0]!.name, before.pods[0]!.uid])
    expect(pod.ip).not.toBe(before.pods[0]!.ip)
  })
})
