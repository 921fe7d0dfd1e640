/** F01's sentence: which clusters come up, and the one symptom of each part that is missing. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as roles } from './f01-role-board.ts'
import { diagnose } from './kit/symptoms.ts'

const simulation = createSimulation(storyText)

describe('F01, the role board', () => {
  const ALL = 'kubelet containerd flanneld kube-proxy'
  const initial = roles.setup!.initial
  const without = (part: string): string => initial.split('\n').map((line) => line.split(' ').filter((word) => word !== part).join(' ')).join('\n') // prettier-ignore
  const boot = (setup: string) => {
    const timeline = simulation.answer('load', { ...roles.story, ...roles.setup!.request(setup) })
    const end = simulation.answer('seek', { branch: 0, tick: timeline.end.tick })
    const { verdict, symptoms } = diagnose(timeline, end)
    expect(roles.prediction.outcome(timeline)?.value).toBe(verdict)
    const told = symptoms
      .filter(({ isGood }) => !isGood)
      .map(({ sentence, quote }) => (quote ? `${sentence}: ${quote}` : sentence))
    return { verdict, told: told.join('\n'), end }
  }

  it('runs web with a control plane that has no kubelet, whose machine is then no Node', () => {
    expect(boot(initial)).toMatchObject({ verdict: 'well', told: 'm1 is no Node: no kubelet has registered it' })
  })

  it.each([
    ['etcd', 'no-api', /^The API server answers nothing/],
    ['kube-apiserver', 'no-api', /^Nobody can reach an API server: .*refused/],
    ['kube-controller-manager', 'no-pods', /The Deployment web has made no ReplicaSet/],
    ['kube-scheduler', 'pending', /Pods Pending: 3. Nobody has even looked at them/],
    ['kubelet', 'pending', /m2 is no Node.*\n.*m3 is no Node.*\n.*finds no node/],
    ['containerd', 'pending', /m2 is NotReady: container runtime is down/],
    ['flanneld', 'pending', /m2 is NotReady: container runtime network not ready.*cni plugin not initialized/],
    ['kube-proxy', 'silent-service', /address does not answer the client: timed out/],
  ])('without %s: %s, and the symptom in the cluster’s own words', (part, verdict, symptom) => {
    const seen = boot(without(part))
    expect(seen.verdict).toBe(verdict)
    expect(seen.told).toMatch(symptom)
  })

  it('has Pods wait before the taint of a control plane that is alone', () => {
    const alone = initial
      .replace('kube-scheduler', `kube-scheduler ${ALL}`)
      .replaceAll(/machine (m[23]) .*/g, 'machine $1')
    const { verdict, told, end } = boot(alone)
    expect(verdict).toBe('pending')
    expect(told).toMatch(/untolerated taint/)
    expect(end.machines.find(({ name }) => name === 'm1')).toMatchObject({
      role: 'control-plane',
      node: { ready: 'True' },
    })
  })

  it('makes no difference between masters and workers: the parts may be anywhere, and beside a kubelet', () => {
    const spread = [
      `machine m1 kube-apiserver ${ALL}`,
      `machine m2 etcd kube-scheduler ${ALL}`,
      `machine m3 kube-controller-manager ${ALL}`,
    ].join('\n')
    expect(boot(spread)).toMatchObject({ verdict: 'well', told: '' })
  })
})
