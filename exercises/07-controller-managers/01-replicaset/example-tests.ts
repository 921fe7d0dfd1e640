/** Our own examples for `replicaset`: together they catch every wrong solution that examples can catch. */
import type { ReplicaSetExample } from 'clusterwright/controller-tests'

const app = { app: 'web' }
const web = (replicas: number) => [{ name: 'web', replicas }]
const right = (count: number, generation = 1) => ({
  replicas: count,
  readyReplicas: count,
  availableReplicas: count,
  observedGeneration: generation,
})

const counting: ReplicaSetExample[] = [
  {
    name: 'a new ReplicaSet gets its Pods, once, and a true status',
    sets: web(3),
    expect: [
      { atMs: 9000, set: 'web', alive: 3, status: right(3) },
      { created: 3, deleted: 0 },
    ],
  },
  {
    name: 'it is scaled up, down, and to nothing',
    sets: web(2),
    steps: [
      { atMs: 6000, do: 'scale', set: 'web', replicas: 4 },
      { atMs: 14_000, do: 'scale', set: 'web', replicas: 1 },
      { atMs: 22_000, do: 'scale', set: 'web', replicas: 0 },
    ],
    expect: [
      { atMs: 13_000, set: 'web', alive: 4, status: right(4, 2) },
      { atMs: 21_000, set: 'web', alive: 1, status: right(1, 3) },
      { atMs: 30_000, set: 'web', alive: 0, status: right(0, 4) },
      { created: 4, deleted: 4 },
    ],
  },
  {
    name: 'with a cache that lags, nothing is made or deleted twice',
    sets: web(4),
    steps: [{ atMs: 12_000, do: 'scale', set: 'web', replicas: 2 }],
    cacheLagMs: 2500,
    expect: [
      { set: 'web', neverMore: 4 },
      { atMs: 30_000, set: 'web', alive: 2 },
      { created: 4, deleted: 2 },
    ],
  },
  {
    name: 'a wish that changes while the cache lags changes nothing of what was done for the old one',
    sets: web(2),
    steps: [{ atMs: 1000, do: 'scale', set: 'web', replicas: 4 }],
    cacheLagMs: 2500,
    expect: [
      { set: 'web', neverMore: 4 },
      { atMs: 20_000, set: 'web', alive: 4 },
    ],
  },
  {
    name: 'a Pod that is being deleted, has failed, has ended or is gone is replaced',
    sets: web(3),
    steps: [
      { atMs: 6000, do: 'delete', set: 'web' },
      { atMs: 8000, do: 'fail', set: 'web', nth: 1 },
      { atMs: 10_000, do: 'vanish', set: 'web' },
      { atMs: 12_000, do: 'finish', set: 'web' },
    ],
    expect: [
      { atMs: 18_000, set: 'web', alive: 3, status: right(3) },
      { created: 7, deleted: 0 },
    ],
  },
  {
    name: 'Pods that are not ready are alive',
    sets: [{ name: 'web', replicas: 2, neverReady: true }],
    expect: [
      { atMs: 9000, set: 'web', alive: 2, status: { ...right(2), readyReplicas: 0, availableReplicas: 0 } },
      { created: 2, deleted: 0 },
    ],
  },
]

const owning: ReplicaSetExample[] = [
  {
    name: 'an orphan that matches is adopted and counted, Pods of others are neither',
    sets: web(3),
    steps: [
      { atMs: 4000, do: 'pod', name: 'theirs', labels: app, owner: 'green' },
      { atMs: 4000, do: 'pod', name: 'canary', labels: { ...app, track: 'canary' } },
      { atMs: 4000, do: 'pod', name: 'elsewhere', labels: app, namespace: 'kube-public' },
      { atMs: 4000, do: 'pod', name: 'blue', labels: app },
      { atMs: 5000, do: 'scale', set: 'web', replicas: 4 },
    ],
    expect: [
      { atMs: 12_000, pod: 'theirs', alive: true, owner: 'green' },
      { atMs: 12_000, pod: 'canary', alive: true, owner: null },
      { atMs: 12_000, pod: 'elsewhere', alive: true, owner: null },
      { atMs: 12_000, set: 'web', alive: 4 },
    ],
  },
  {
    name: 'an orphan that was there before is adopted, and saves a create',
    sets: web(2),
    steps: [{ atMs: -400, do: 'pod', name: 'blue', labels: app }],
    expect: [
      { atMs: 9000, pod: 'blue', owner: 'web' },
      { created: 1, deleted: 0 },
    ],
  },
  {
    name: 'a Pod whose labels match no more is let go, and replaced',
    sets: web(2),
    steps: [{ atMs: 6000, do: 'relabel', set: 'web' }],
    expect: [
      { atMs: 14_000, set: 'web', alive: 2, status: right(2) },
      { created: 3, deleted: 0 },
    ],
  },
  {
    name: 'a ReplicaSet of the same name is another ReplicaSet',
    sets: web(2),
    steps: [{ atMs: 6000, do: 'replace', set: 'web' }],
    expect: [
      { atMs: 14_000, set: 'web', alive: 2 },
      { created: 4, deleted: 0 },
    ],
  },
  {
    name: 'a ReplicaSet that is being deleted makes no Pods and adopts none',
    sets: web(2),
    steps: [
      { atMs: 6000, do: 'remove', set: 'web' },
      { atMs: 9000, do: 'pod', name: 'late', labels: app },
      { atMs: 9500, do: 'vanish', set: 'web' },
    ],
    expect: [
      { atMs: 18_000, pod: 'late', alive: true, owner: null },
      { created: 2, deleted: 0 },
    ],
  },
]

const ending: ReplicaSetExample[] = [
  {
    name: 'the unready goes before the ready, though it is older',
    sets: web(1),
    steps: [
      { atMs: -400, do: 'pod', name: 'unready', labels: app, neverReady: true },
      { atMs: 40_000, do: 'scale', set: 'web', replicas: 2 },
      { atMs: 50_000, do: 'scale', set: 'web', replicas: 1 },
    ],
    expect: [{ atMs: 55_000, pod: 'unready', alive: false }],
  },
  {
    name: 'what has no node goes first',
    sets: [{ name: 'web', replicas: 1, neverReady: true }],
    steps: [
      { atMs: -400, do: 'pod', name: 'waiting', labels: app, unscheduled: true },
      { atMs: 40_000, do: 'scale', set: 'web', replicas: 3 },
      { atMs: 50_000, do: 'scale', set: 'web', replicas: 2 },
    ],
    expect: [{ atMs: 55_000, pod: 'waiting', alive: false }],
  },
  {
    name: 'of two that are ready the newer goes',
    sets: web(1),
    steps: [
      { atMs: -400, do: 'pod', name: 'older', labels: app },
      { atMs: 40_000, do: 'scale', set: 'web', replicas: 2 },
      { atMs: 60_000, do: 'scale', set: 'web', replicas: 1 },
    ],
    expect: [{ atMs: 65_000, pod: 'older', alive: true }],
  },
  {
    name: 'it may die after a call, and makes nothing twice',
    sets: web(3),
    diesAfterCall: 3,
    expect: [
      { set: 'web', neverMore: 3 },
      { atMs: 20_000, set: 'web', alive: 3 },
    ],
  },
]

export default [...counting, ...owning, ...ending]
