import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Node } from '#cluster/api/types.ts'
import type { Caches } from '#cluster/client/controller.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'

const LOOK_SECONDS = 20

interface Seen {
  readonly node: unknown
  readonly lease: unknown
}

const cachesOf = ({ node, lease }: Seen): Caches =>
  ({ all: () => [node], get: (resource: string) => (resource === 'leases' ? lease : node), by: () => [] }) as never

const nodeWith = (uid: string, status: string, lastHeartbeatTime: string | undefined): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', uid },
    spec: {},
    status: { conditions: [{ type: 'Ready', status, ...(lastHeartbeatTime && { lastHeartbeatTime }) }] },
  }) as unknown as Node

/** One look after the other; @returns what each asked for, and what was known after it. */
function looks(seen: readonly Seen[], isFresh: boolean): unknown[] {
  const memory = nodeLifecycleController.memory({ servers: [] })
  return seen.map((at, i) => {
    const ctx = { now: i * LOOK_SECONDS * 1_000_000, note: () => {} } as unknown as Context
    const caches = cachesOf(isFresh ? structuredClone(at) : at)
    const asked = nodeLifecycleController.reconcile('*', caches, memory, ctx)
    return structuredClone([asked, [...memory.health.entries()]])
  })
}

it('looks see the same whether objects are those of the last look or only equal to them', () => {
  const change = fc.oneof(
    { weight: 8, arbitrary: fc.constant({}) },
    { weight: 3, arbitrary: fc.record({ renewTime: fc.nat(99) }) },
    fc.record({ status: fc.constantFrom('True', 'False', 'Unknown') }),
    fc.record({ heartbeat: fc.constantFrom(undefined, 'noon', 'one') }),
    fc.record({ uid: fc.constantFrom('a', 'b') }),
  )
  let silent = 0
  const property = fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
    let now = { renewTime: -1, status: 'True', heartbeat: 'noon' as string | undefined, uid: 'a' }
    let at: Seen | undefined
    const seen = changes.map((more) => {
      if (at && Object.keys(more).length === 0) return at
      now = { ...now, ...more }
      const lease = now.renewTime < 0 ? undefined : { spec: { renewTime: String(now.renewTime) } }
      return (at = { node: nodeWith(now.uid, now.status, now.heartbeat), lease })
    })
    const same = looks(seen, false)
    expect(same).toEqual(looks(seen, true))
    if (JSON.stringify(same).includes('NodeStatusUnknown')) silent++
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
  expect(silent).toBeGreaterThan(20)
})
