/**
 * What `etcdctl snapshot save` gets of the simulated etcd is a file of the real one: etcdctl finds nothing wrong with it, holds
 * what the real etcd's own snapshot of the same history holds, and a real etcd goes on from it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { chance } from '../../../scripts/soak.ts'
import { readBolt } from './bolt-reader.ts'
import { type Answer, EtcdClient } from './client.ts'
import { randomOperation } from './operations.ts'
import { type EtcdServer, etcdctl, startRealEtcd, startSimulatedEtcd } from './servers.ts'

const folder = mkdtempSync(join(tmpdir(), 'etcd-snapshots-'))
const open: { close(): unknown }[] = []
afterAll(async () => {
  for (const one of open) await one.close()
  rmSync(folder, { recursive: true })
})

interface Opened extends EtcdServer {
  readonly client: EtcdClient
}

async function opened(starting: Promise<EtcdServer>): Promise<Opened> {
  const server = await starting
  const client = new EtcdClient(server.address)
  open.push({ close: () => (client.close(), server.stop()) })
  return { ...server, client }
}

let files = 0
async function save({ address }: EtcdServer): Promise<string> {
  const file = join(folder, `${++files}.db`)
  await etcdctl(['--endpoints', address, 'snapshot', 'save', file])
  return file
}

const put = (key: string, value: string | Buffer, lease = '0'): [string, Answer] => [
  'KV.Put',
  { key: Buffer.from(key), value: Buffer.from(value), lease },
]

/** Among random requests, what a file must have place for: many keys, a value of many pages, one that is no text. */
function history(seed: number): [string, Answer][] {
  const chances = chance(seed)
  const known = { revision: 1, compacted: 0 }
  const asked: [string, Answer][] = [['Lease.LeaseGrant', { ID: '7587862094201225995', TTL: 5_000 }]]
  for (let i = 0; i < 400; i++) asked.push(put(`/registry/pods/${i % 300}`, `{"spec":${i}}`))
  asked.push(put('large', 'x'.repeat(100_000)))
  asked.push(['KV.Compact', { revision: 200, physical: true }])
  known.revision = 401
  known.compacted = 200
  while (asked.length < 550) {
    const operation = randomOperation(chances, known)
    if (operation.type === 'call' && /Put|Delete|Txn|Grant/.test(operation.method)) {
      asked.push([operation.method, operation.request])
    }
  }
  return [...asked, put('bytes', Buffer.from([0, 255, 128]), '7587862094201225995')]
}

async function live(server: Opened, asked: readonly [string, Answer][]): Promise<Opened> {
  for (const [method, request] of asked) await server.client.call(method, request)
  return server
}

/** All keys at a revision, and whether it can be read at all. */
const at = async ({ client }: Opened, revision: number): Promise<unknown> => {
  const all = { key: Buffer.from([0]), range_end: Buffer.from([0]), revision }
  const { code, details, kvs } = (await client.call('KV.Range', all)) as Answer
  return { code, details, kvs }
}

const hash = async ({ client }: Opened, revision = 0): Promise<unknown> => {
  const { hash: value, compact_revision } = (await client.call('Maintenance.HashKV', { revision })) as Answer
  return { value, compact_revision }
}

describe('a snapshot of the simulated etcd', () => {
  it('holds, byte for byte, the keys and leases that the real etcd’s holds after the same requests', async () => {
    const asked = history(1)
    const [real, ours] = await Promise.all([
      opened(startRealEtcd()).then((server) => live(server, asked)),
      opened(startSimulatedEtcd()).then((server) => live(server, asked)),
    ])
    const [wanted, got] = [readBolt(await save(real)), readBolt(await save(ours))]
    expect([...got.keys()]).toEqual([...wanted.keys()])
    expect(got.get('key')!.size).toBeGreaterThan(300)
    for (const bucket of ['key', 'lease', 'alarm', 'auth', 'cluster']) {
      expect(got.get(bucket), bucket).toEqual(wanted.get(bucket))
    }
    expect([...got.get('meta')!.keys()]).toEqual([...wanted.get('meta')!.keys()])
    expect(await hash(ours)).toEqual(await hash(real))
    expect(await hash(ours, 450)).toEqual(await hash(real, 450))
  })

  it('passes etcdctl’s own check, and a real etcd boots from it with every revision', async () => {
    const ours = await opened(startSimulatedEtcd()).then((server) => live(server, history(2)))
    const file = await save(ours)
    const status = JSON.parse(await etcdctl(['snapshot', 'status', file, '-w', 'json']))
    const buckets = [...readBolt(file).values()]
    const { header } = (await ours.client.call('Maintenance.Status', {})) as Answer
    expect(status.revision).toBe(Number(header.revision))
    expect(status.totalKey).toBe(buckets.reduce((sum, { size }) => sum + size, 0))

    const restored = await opened(startRealEtcd({ snapshot: file }))
    expect(await hash(restored)).toEqual(await hash(ours))
    for (const revision of [199, 200, 201, 300, 420, status.revision, status.revision + 1]) {
      expect(await at(restored, revision), `revision ${revision}`).toEqual(await at(ours, revision))
    }
    const leases = async ({ client }: Opened) => ((await client.call('Lease.LeaseLeases', {})) as Answer)['leases']
    expect((await leases(restored)).map(({ ID }: Answer) => ID).sort()).toEqual(
      (await leases(ours)).map(({ ID }: Answer) => ID).sort(),
    )
    const kept = (await restored.client.call('Lease.LeaseTimeToLive', {
      ID: '7587862094201225995',
      keys: true,
    })) as Answer
    expect(kept['keys'].map(String)).toEqual(['bytes'])
    const [, after] = put('after', '1')
    const { header: next } = (await restored.client.call('KV.Put', after)) as Answer
    expect(Number(next.revision)).toBe(status.revision + 1)
  })

  it('is a tree of several levels where there are many keys, and the real etcd changes it', async () => {
    const ours = await opened(startSimulatedEtcd())
    const value = Buffer.alloc(30, 'v')
    for (let batch = 0; batch < 160; batch++) {
      const success = Array.from({ length: 128 }, (_, i) => ({
        request_put: { key: Buffer.from(`k${batch * 128 + i}`), value },
      }))
      await ours.client.call('KV.Txn', { success })
    }
    const file = await save(ours)
    expect(JSON.parse(await etcdctl(['snapshot', 'status', file, '-w', 'json'])).revision).toBe(161)
    const restored = await opened(startRealEtcd({ snapshot: file }))
    const count = async (): Promise<unknown> => {
      const asked = { key: Buffer.from('k'), range_end: Buffer.from('l'), count_only: true }
      return ((await restored.client.call('KV.Range', asked)) as Answer)['count']
    }
    expect(await count()).toBe(String(160 * 128))
    await restored.client.call('KV.DeleteRange', { key: Buffer.from('k1'), range_end: Buffer.from('k2') })
    await restored.client.call('KV.Compact', { revision: 162, physical: true })
    const left = await count()
    const again = await opened(startRealEtcd({ snapshot: await save(restored) }))
    expect(await hash(again)).toEqual(await hash(restored))
    expect(Number(left)).toBeLessThan(160 * 128)
  })

  it('that was damaged on its way is refused', async () => {
    const file = await save(await opened(startSimulatedEtcd()))
    const bytes = readFileSync(file)
    bytes[bytes.length - 100]! ^= 1
    writeFileSync(`${file}.bad`, bytes)
    await expect(startRealEtcd({ snapshot: `${file}.bad` })).rejects.toThrow(/expected sha256/)
  })
})
