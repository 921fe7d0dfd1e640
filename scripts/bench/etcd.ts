/**
 * etcd: puts one after the other through three members, beside the real etcd with and without fsync; what a version takes in
 * memory; what puts and ranges cost as the store grows.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { etcd, type EtcdState } from '#cluster/etcd/etcd.ts'
import { apply, applyRange } from '#cluster/etcd/apply.ts'
import { createKeyspace, type Keyspace } from '#cluster/etcd/keyspace.ts'
import type { Component, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { EtcdClient } from '../../test/clients/etcd/client.ts'
import { startRealEtcd } from '../../test/clients/etcd/servers.ts'
import { type Benchmark, elapsedMs, median, type Row } from '../bench.ts'

const MEMBERS: readonly ProcessId[] = ['m-1/etcd', 'm-2/etcd', 'm-3/etcd']
const KEYS = 1_000
const VALUE = 'v'.repeat(256)
const PUTS = 20_000
const WARM_UP = 10_000
const REAL_PUTS = 2_000

const keyOf = (n: number): string => `/registry/pods/default/pod-${n % KEYS}`

// ── put after put ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Puts, and puts again when it has been answered. */
const putter: Component<{ to: ProcessId; left: number }> = {
  name: 'putter',
  init: (options: { to: ProcessId; left: number }) => ({ ...options }),
  step(state, event, ctx): Effect[] {
    if (event.type !== 'booted' && event.type !== 'closed') return []
    if (event.type === 'closed' && event.body?.type !== 'PutResponse') throw new Error(JSON.stringify(event))
    if (state.left === 0) return []
    const body = { type: 'Put', key: keyOf(state.left--), value: VALUE } as const
    return [{ type: 'open', stream: ctx.id(), to: state.to, body }]
  },
}

/** Puts per second of wall time, until every member has applied the last. */
function simulated(seed: number): number {
  const world = new World({ seed, components: { etcd: etcd as Component, putter: putter as Component } })
  for (const member of MEMBERS) {
    const machine = member.split('/')[0]!
    world.addMachine(machine)
    world.addProcess({ machine, name: 'etcd', component: 'etcd', options: { initialCluster: MEMBERS } })
  }
  const state = (member: ProcessId): EtcdState => world.stateOf<EtcdState>(member)
  world.run({ untilMicros: 10_000_000, until: () => MEMBERS.some((member) => state(member)?.isLeader) })
  const to = MEMBERS.find((member) => state(member).isLeader)!
  const put = (left: number): void => {
    const target = state(to).keyspace.store.revision + left
    world.addProcess({ machine: 'm-1', name: `putter-${left}`, component: 'putter', options: { to, left } })
    while (MEMBERS.some((member) => state(member).keyspace.store.revision < target)) world.run({ maxEvents: 100 })
  }
  put(WARM_UP)
  return PUTS / (elapsedMs(() => put(PUTS)) / 1_000)
}

async function real(fsync: boolean): Promise<number> {
  const server = await startRealEtcd({ fsync })
  const client = new EtcdClient(server.address)
  try {
    const puts = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const answer = await client.call('KV.Put', { key: Buffer.from(keyOf(n)), value: Buffer.from(VALUE) })
        if ('code' in answer) throw new Error(`the real etcd: ${answer['details']}`)
      }
    }
    await puts(300)
    const began = performance.now()
    await puts(REAL_PUTS)
    return REAL_PUTS / ((performance.now() - began) / 1_000)
  } finally {
    client.close()
    await server.stop()
  }
}

async function rates(report: (row: Row) => void): Promise<void> {
  const [synced, unsafe] = [await real(true), await real(false)]
  const ours = median(3, () => simulated(1))
  const what = 'put after put, three simulated members'
  report({ what, value: ours, unit: 'puts/s', against: { what: 'the real etcd, one member, fsync', value: synced } })
  report({ what, value: ours, unit: 'puts/s', against: { what: 'the same with --unsafe-no-fsync', value: unsafe } })
}

// ── the store alone ─────────────────────────────────────────────────────────────────────────────────────────────────

function put(keyspace: Keyspace, from: number, count: number, keys: number): void {
  for (let n = from; n < from + count; n++) {
    apply(keyspace, { type: 'Put', key: `/registry/pods/default/pod-${n % keys}`, value: VALUE })
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** The value is one and the same, so what a version takes is what it takes beside it. */
function memory(report: (row: Row) => void): void {
  const keyspace = createKeyspace()
  put(keyspace, 0, KEYS, KEYS)
  const before = heapBytes()
  put(keyspace, 0, VERSIONS, KEYS)
  const value = (heapBytes() - before) / (keyspace.store.revision - 1 - KEYS)
  const what = 'memory of a retained version beyond its value'
  report({ what, value, unit: 'B', against: { what: 'the aim', value: 500 } })
}

const VERSIONS = 200_000

const SAMPLE = 20_000

/** Microseconds per put and per range of a hundred keys, when so many revisions are there. */
function costs(keyspace: Keyspace, keys: number): { readonly put: number; readonly range: number } {
  const { revision } = keyspace.store
  const putMs = elapsedMs(() => put(keyspace, revision, SAMPLE, keys))
  const rangeMs = elapsedMs(() => {
    for (let n = 0; n < SAMPLE / 10; n++) {
      const key = `/registry/pods/default/pod-${(n * 7919) % keys}`
      applyRange(keyspace.store, { type: 'Range', key, rangeEnd: '/registry/pods/default/q', limit: 100 })
    }
  })
  return { put: (putMs * 1_000) / SAMPLE, range: (rangeMs * 1_000) / (SAMPLE / 10) }
}

function growth(report: (row: Row) => void): void {
  for (const keys of [1_000, 100_000]) {
    const keyspace = createKeyspace()
    put(keyspace, 0, keys, keys)
    put(keyspace, 0, SAMPLE * 2, keys)
    const small = costs(keyspace, keys)
    put(keyspace, 0, 1_000_000 - keyspace.store.revision, keys)
    const large = costs(keyspace, keys)
    const at = `at 1,000,000 revisions of ${keys.toLocaleString('en')} keys`
    for (const what of ['put', 'range'] as const) {
      const against = { what: 'what it cost at first', value: small[what] }
      report({
        what: `${what === 'put' ? 'a put' : 'a range of 100 keys'} ${at}`,
        value: large[what],
        unit: 'µs',
        against,
      })
    }
  }
}

export default {
  name: 'etcd',
  async run(report) {
    memory(report)
    growth(report)
    await rates(report)
  },
} satisfies Benchmark
