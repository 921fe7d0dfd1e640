/** Where requests are sorted to, and what becomes of the one who asks too much. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import { ETCD, Lab, pod, PODS, requestOf } from '../lab.ts'
import { dealHand } from './seats.ts'

const FLOWS = '/apis/flowcontrol.apiserver.k8s.io/v1'
const LEVELS = `${FLOWS}/prioritylevelconfigurations`
const EVERYBODY = ['system:authenticated']
const ELEPHANT: UserInfo = { name: 'elephant', groups: EVERYBODY }
const MOUSE: UserInfo = { name: 'mouse', groups: EVERYBODY }

function newLab(options: object = {}): Lab {
  const lab = new Lab(1, { priorityAndFairness: true, ...options })
  lab.run(1_000_000)
  return lab
}

const as = (lab: Lab, user: UserInfo, request: HttpRequest): string => lab.start({ ...request, user })
const responseTo = (lab: Lab, name: string): HttpResponse | undefined =>
  lab.heard(name).find(({ how }) => how === 'done')?.body as HttpResponse | undefined

/** The level that a request of somebody goes to, by the header of its answer. */
function levelOf(lab: Lab, user: UserInfo, request: HttpRequest): string {
  const name = as(lab, user, request)
  lab.run(1_000_000)
  const uid = responseTo(lab, name)!.headers!['x-kubernetes-pf-prioritylevel-uid']
  const levels = lab.send('GET', LEVELS).body.items
  return levels.find(({ metadata }: any) => metadata.uid === uid)?.metadata.name
}

describe('a request', () => {
  const nodes = { name: 'system:node:node-1', groups: ['system:nodes', ...EVERYBODY] }
  const list = requestOf('GET', PODS)
  it.each<[string, UserInfo, HttpRequest, string]>([
    ['of an administrator', { name: 'admin', groups: ['system:masters'] }, list, 'exempt'],
    ['of a kubelet about its node', nodes, requestOf('GET', '/api/v1/nodes/node-1'), 'node-high'],
    ['of a kubelet about Pods', nodes, list, 'system'],
    ['of the scheduler', { name: 'system:kube-scheduler', groups: EVERYBODY }, list, 'workload-high'],
    ['of the scheduler for its Lease', { name: 'system:kube-scheduler', groups: EVERYBODY }, requestOf('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler'), 'leader-election'],
    ['of an account of kube-system', { name: 'system:serviceaccount:kube-system:x', groups: ['system:serviceaccounts', ...EVERYBODY] }, list, 'workload-high'],
    ['of another account', { name: 'system:serviceaccount:default:x', groups: ['system:serviceaccounts', ...EVERYBODY] }, list, 'workload-low'],
    ['of a person', MOUSE, list, 'global-default'],
  ])('%s has its level', (_, user, request, level) => {
    expect(levelOf(newLab(), user, request)).toBe(level)
  }) // prettier-ignore
})

/** Three seats for people, and etcd so far away that each write takes its time. */
function crowded(limitResponse: object): Lab {
  const lab = newLab({ maxRequestsInflight: 20, maxMutatingRequestsInflight: 10 })
  lab.patch(`${LEVELS}/global-default`, { spec: { limited: { limitResponse, nominalConcurrencyShares: 24 } } })
  lab.run(100_000)
  lab.world.command(lab.world.now, { type: 'pause', process: ETCD } as never)
  lab.run(1_000)
  return lab
}

const resume = (lab: Lab): void => {
  lab.world.command(lab.world.now, { type: 'resume', process: ETCD } as never)
  lab.run(2_000_000)
}

describe('a level whose seats are taken', () => {
  const writes = (lab: Lab, user: UserInfo, count: number): string[] => Array.from({ length: count }, (_, i) => as(lab, user, requestOf('POST', PODS, pod(`${user.name}-${i}`)))) // prettier-ignore

  it('lets others wait, and all come through', () => {
    const lab = crowded({ type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 50 } })
    const names = writes(lab, ELEPHANT, 20)
    lab.run(10_000)
    expect(lab.state.flow.waiting).toBeGreaterThan(10)
    resume(lab)
    expect(names.map((name) => responseTo(lab, name)?.status)).toEqual(names.map(() => 201))
    expect(lab.state.flow.waiting).toBe(0)
    expect(lab.state.flow.levels.get('global-default')!.inUse).toBe(0)
  })

  it('serves who asks little soon, though somebody asks very much', () => {
    const lab = crowded({ type: 'Queue', queuing: { queues: 64, handSize: 4, queueLengthLimit: 50 } })
    const many = writes(lab, ELEPHANT, 150)
    const [one] = writes(lab, MOUSE, 1)
    lab.run(10_000)
    lab.world.command(lab.world.now, { type: 'resume', process: ETCD } as never)
    lab.world.run({ untilMicros: lab.world.now + 5_000_000, until: () => responseTo(lab, one!) !== undefined })
    const served = many.filter((name) => responseTo(lab, name) !== undefined).length
    expect(served).toBeLessThan(40)
  })

  it('answers 429 when the queues are full, and says when to come again', () => {
    const lab = crowded({ type: 'Queue', queuing: { queues: 2, handSize: 1, queueLengthLimit: 3 } })
    const names = writes(lab, ELEPHANT, 30)
    lab.run(10_000)
    const refused = names.map((name) => responseTo(lab, name)).filter((response) => response?.status === 429)
    expect(refused.length).toBeGreaterThan(15)
    expect(refused[0]!.headers).toMatchObject({ 'retry-after': '1' })
    expect(refused[0]!.body).toMatchObject({ reason: 'TooManyRequests', message: 'Too many requests, please try again later.' }) // prettier-ignore
  })

  it('that may not queue answers at once', () => {
    const lab = crowded({ type: 'Reject', queuing: null })
    const names = writes(lab, ELEPHANT, 30)
    lab.run(10_000)
    expect(names.filter((name) => responseTo(lab, name)?.status === 429).length).toBeGreaterThan(15)
  })
})

describe('a hand', () => {
  it('is the same for the same flow, of different queues, and another for another', () => {
    expect(dealHand('a flow', 64, 6)).toEqual(dealHand('a flow', 64, 6))
    expect(new Set(dealHand('a flow', 64, 6)).size).toBe(6)
    expect(dealHand('another', 64, 6)).not.toEqual(dealHand('a flow', 64, 6))
    expect(dealHand('a flow', 4, 6).toSorted()).toEqual([0, 1, 2, 3])
  })
})
