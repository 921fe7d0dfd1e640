/** The lesson's sentence about a Deployment: every hop is a write or a watch, and nobody calls a kubelet to start a Pod. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TraceEvent } from '#cluster/kernel/trace.ts'
import { createNarrator, type Started } from './describe.ts'
import type { Described } from './described.ts'
import { playStory } from './story.ts'

let events: Described[]

beforeAll(() => {
  const text = readFileSync(new URL('deployment-journey.txt', import.meta.url), 'utf8')
  events = []
  const narrator = createNarrator()
  playStory(text, 'deployment-journey.txt', {
    prepare(world) {
      const startOf = ({ event, to }: TraceEvent): Started | undefined => {
        const process = event.type === 'booted' ? world.process(to) : undefined
        if (!process) return undefined
        const parent = process.parent < 0 ? undefined : world.processes[process.parent]?.id
        return { component: process.spec.component, options: process.spec.options, parent }
      }
      world.trace = {
        event: (entry) => void events.push(narrator.describe(entry, startOf(entry))),
        command: () => {},
      }
    },
  })
})

/** Sender, receiver and label, without the numbers of processes: `kubelet → containerd: RunPodSandbox`. */
const line = ({ from, to, label }: Described): string => `${program(from)} → ${program(to)}: ${label}`
const program = (process: string | undefined): string =>
  process === undefined
    ? 'outside'
    : process
        .slice(process.indexOf('/') + 1)
        .replace(/-\d+$/, '')
        .replace(/_.*$/, '')

const HOPS = [
  'kubectl → kube-apiserver: POST deployments',
  'kube-apiserver → etcd: txn put deployments',
  'etcd → kube-apiserver: PUT deployments',
  'kube-apiserver → kube-controller-manager: ADDED Deployment',
  'kube-controller-manager → kube-apiserver: POST replicasets',
  'kube-apiserver → etcd: txn put replicasets',
  'kube-apiserver → kube-controller-manager: ADDED ReplicaSet',
  'kube-controller-manager → kube-apiserver: POST pods',
  'kube-apiserver → etcd: txn put pods',
  'kube-apiserver → kube-scheduler: ADDED Pod',
  'kube-scheduler → kube-apiserver: POST pods/binding',
  'kube-apiserver → etcd: txn put pods',
  'kube-apiserver → kubelet: ADDED Pod',
  'kubelet → containerd: RunPodSandbox',
  'containerd → bridge: ADD bridge',
  'bridge → host-local: ADD host-local',
  'containerd → pause: starts pause',
  'kubelet → containerd: CreateContainer',
  'kubelet → containerd: StartContainer',
  'containerd → web: starts web',
  'kubelet → kube-apiserver: PATCH pods/status',
  'kube-apiserver → kube-controller-manager: MODIFIED Pod',
  'kube-controller-manager → kube-apiserver: POST endpointslices',
  'kube-apiserver → kube-proxy: ADDED EndpointSlice',
  'kube-proxy → linux: iptablesRestore',
]

describe('a Deployment’s journey', () => {
  it('takes its hops in this order', () => {
    const start = events.findIndex(
      ({ verb, resource, name }) => verb === 'POST' && resource === 'deployments' && name === 'web',
    )
    let at = start - 1
    for (const hop of HOPS) {
      const next = events.findIndex((event, i) => i > at && line(event).split(',')[0] === hop)
      expect(next, `after "${line(events[at]!)}" comes "${hop}"`).toBeGreaterThan(at)
      at = next
    }
  })

  it('reaches components through their own watches: of requests only the API server and etcd get any', () => {
    const asked = new Set(events.filter(({ kind }) => kind === 'request').map(({ to }) => to))
    expect([...asked].sort()).toEqual(['cp-1/etcd', 'cp-1/kube-apiserver'])
  })

  it('has nobody call a kubelet: all that reaches one are answers, watch events and what its own runtime says', () => {
    const kinds = new Set(
      events
        .filter(({ to, background }) => to.endsWith('/kubelet') && !background)
        .map(({ kind, from }) => `${kind} ${program(from)}`),
    )
    const allowed = [
      'start outside',
      'response kube-apiserver',
      'watch kube-apiserver',
      'watch containerd',
      'criReply containerd',
      'syscallReply linux',
      'decision kubelet',
    ]
    expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([])
    expect(kinds).toContain('watch kube-apiserver')
  })

  it('lets only the API server speak with etcd', () => {
    const speakers = new Set(
      events.filter(({ to, kind }) => to === 'cp-1/etcd' && kind === 'request').map(({ from }) => from),
    )
    expect([...speakers]).toEqual(['cp-1/kube-apiserver'])
  })
})
