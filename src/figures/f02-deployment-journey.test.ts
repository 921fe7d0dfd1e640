/** F02's sentence: each hop is a watch or a write, nothing calls a kubelet; and what is lost on the way is made up for. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as journey } from './f02-deployment-journey.ts'
import { stepsOf } from './kit/steps.ts'
import type { View } from './kit/view.ts'

const simulation = createSimulation(storyText)

describe('F02, hop by hop', () => {
  const timeline = simulation.answer('load', journey.story)
  const { steps, frame } = {
    steps: stepsOf(timeline, journey.lens, journey.opening(timeline)),
    frame: simulation.answer('seek', { branch: 0, tick: timeline.end.tick }),
  }
  /** The run in which the receiver of such a message crashes before it reads it. */
  const without = (label: string, to: string) => {
    const { effect } = journey.tweaks.find(({ id }) => id === 'lose')!.choices[0]!
    const index = steps.findIndex(({ event }) => event.label === label && event.to.endsWith(to))
    const view = { steps, index, timeline, frame } as unknown as View
    if (effect.kind !== 'fork') throw new Error('it plays another story')
    const asked = { branch: 0, tick: effect.from!(view), changes: effect.changes(view), extraMicros: effect.extraMicros! } // prettier-ignore
    const fork = simulation.answer('fork', asked)
    const { pods } = simulation.answer('seek', { branch: fork.branch, tick: fork.end.tick })
    const lost = steps[index]!.event
    const isThere = fork.events.some(({ at, label: other, to: who }) => at === lost.at && other === lost.label && who === lost.to) // prettier-ignore
    return { isThere, ready: pods.filter(({ labels, phase }) => labels['app'] === 'web' && phase === 'ready').length }
  }

  it('comes to a kubelet by its own watch alone, and every other hop is a watch, a write or an answer', () => {
    const toKubelet = steps.filter(
      ({ event }) => event.to.endsWith('/kubelet') && event.from?.endsWith('/kube-apiserver'),
    )
    expect(new Set(toKubelet.map(({ event }) => event.kind))).toEqual(new Set(['watch']))
    const others = steps.filter(({ event }) => event.from !== undefined && event.from !== event.to)
    expect(others.filter(({ event }) => !['watch', 'request', 'response', 'cri', 'criReply', 'cni', 'cniResult', 'start', 'syscall'].includes(event.kind))).toEqual([]) // prettier-ignore
  })

  it.each([
    ['ADDED Deployment', '/kube-controller-manager'],
    ['ADDED Pod', '/kube-scheduler'],
    ['POST pods/binding', '/kube-apiserver'],
    ['MODIFIED Pod', '/kubelet'],
    ['RunPodSandbox', '/containerd'],
  ])('gets there in the end though %s is lost on its way to %s', (label, to) => {
    expect(without(label, to)).toEqual({ isThere: false, ready: 3 })
  })

  it('does not begin when what was typed does not arrive: nobody repeats that', () => {
    expect(without('POST deployments', '/kube-apiserver')).toEqual({ isThere: false, ready: 0 })
  })
})
