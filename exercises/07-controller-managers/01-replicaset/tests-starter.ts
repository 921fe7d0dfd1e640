import type { ReplicaSetExample } from 'clusterwright/controller-tests'

/** What must be true when? Each example has ReplicaSets, what happens to them, and what the cluster must look like. */
const examples: ReplicaSetExample[] = [
  {
    name: 'a new ReplicaSet gets its Pods',
    sets: [{ name: 'web', replicas: 3 }],
    expect: [{ atMs: 8000, set: 'web', alive: 3 }],
  },
  // TODO one more: what if somebody deletes a Pod, or makes one that matches? What if the cache lags?
  //   steps: [{ atMs: 3000, do: 'pod', name: 'blue', labels: { app: 'web' } }],
  //   expect: [{ atMs: 9000, pod: 'blue', owner: 'web' }, { set: 'web', neverMore: 3 }]
]

export default examples
