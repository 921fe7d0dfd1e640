import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubernetesObject, Node, Pod } from '#cluster/api/types.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import { InformerCaches } from '#cluster/client/informer-caches.ts'
import { createInformer, type Indexer, stepInformer } from '#cluster/client/informer.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { hasNothingToDo, podGcController, round } from './pod-gc.ts'

const NAMES = ['', 'node-1', 'node-2', 'node-3']
const ctx = { now: 100_000_000, note: () => {} } as unknown as Context
const client = createApiClient(['cp/kube-apiserver'], 'test')
const indexes = podGcController.indexes!['pods'] as Record<string, Indexer>

/** What a controller sees once these changes have been watched, one after the other. */
function cachesOf(nodes: readonly object[], pods: readonly object[]): InformerCaches {
  const informers = {
    nodes: createInformer({ resource: 'nodes' }),
    pods: createInformer({ resource: 'pods' }, Object.keys(indexes)),
  }
  let version = 1
  const watched = (name: 'nodes' | 'pods', given: object): void => {
    const informer = informers[name]
    informer.stream = 1
    const { metadata } = given as KubernetesObject
    const object = { ...given, metadata: { ...metadata, resourceVersion: String(version++) } }
    const body = { type: 'watchEvent', event: { type: 'MODIFIED', object } }
    stepInformer(informer, name === 'pods' ? indexes : {}, client, { type: 'data', stream: 1, body }, ctx)
  }
  for (const node of nodes) watched('nodes', node)
  for (const pod of pods) watched('pods', pod)
  return new InformerCaches({ informers, customs: [] })
}

const somePod = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  nodeName: fc.constantFrom(...NAMES),
  phase: fc.constantFrom('Pending', 'Running', 'Running', 'Running', 'Succeeded'),
  isTerminating: fc.constantFrom(false, false, false, true),
})

it('a round in which no Pod is looked at is one in which nothing would have come of it', () => {
  let spared = 0
  const property = fc.property(
    fc.subarray(NAMES.slice(1)),
    fc.array(somePod, { maxLength: 6 }),
    fc.constantFrom(null, null, null, ...NAMES.slice(1)),
    (there, seen, missed) => {
      const nodes = there.map((name) => ({ metadata: { name }, spec: {} }) as Node)
      const pods = seen.map(({ name, nodeName, phase, isTerminating }) => {
        const metadata = { name, namespace: 'default', uid: name, ...(isTerminating && { deletionTimestamp: 'now' }) }
        return { metadata, spec: { nodeName, containers: [] }, status: { phase } } as unknown as Pod
      })
      const caches = cachesOf(nodes, pods)
      const memory = { started: true, missing: new Table<string, number>(), gone: new Table<string, true>() }
      if (missed !== null) memory.missing.set(missed, 0)
      if (!hasNothingToDo(caches, memory)) return
      spared++
      expect(round(caches, memory, ctx).calls).toEqual([])
      expect([memory.missing.size, memory.gone.size]).toEqual([0, 0])
    },
  )
  fc.assert(property, { seed: 1, numRuns: 2_000 })
  expect(spared).toBeGreaterThan(200)
})
