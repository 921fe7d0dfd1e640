/**
 * The npm client `etcd3`, unmodified, against the real etcd and against ours: the same stories come out the same.
 */
import { Etcd3, EtcdLeaseInvalidError, EtcdLockFailedError, type IKeyValue } from 'etcd3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EtcdServer, startRealEtcd, startSimulatedEtcd } from './servers.ts'

const SERVERS: readonly [string, () => Promise<EtcdServer>][] = [
  ['the real etcd', () => startRealEtcd()],
  ['the simulated etcd', () => startSimulatedEtcd()],
]

/** What a callback was called with, in order. */
class Calls<T> {
  readonly all: T[] = []
  #wake: () => void = () => {}

  readonly add = (call: T): void => {
    this.all.push(call)
    this.#wake()
  }

  async first(count: number): Promise<T[]> {
    while (this.all.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.all.slice(0, count)
  }
}

describe.each(SERVERS)('etcd3 on %s', (_, start) => {
  let server: EtcdServer
  const clients: Etcd3[] = []
  const newClient = (): Etcd3 => {
    const client = new Etcd3({ hosts: server.address })
    clients.push(client)
    return client
  }
  let client: Etcd3
  beforeAll(async () => {
    server = await start()
    client = newClient()
  })
  afterAll(async () => {
    for (const one of clients) one.close()
    await server.stop()
  })

  it('puts, gets and deletes', async () => {
    await client.put('kv/a').value('1')
    await client.put('kv/b').value(Buffer.from([0, 255]))
    expect(await client.get('kv/a').string()).toBe('1')
    expect(await client.get('kv/b').buffer()).toEqual(Buffer.from([0, 255]))
    expect(await client.getAll().prefix('kv/').keys()).toEqual(['kv/a', 'kv/b'])
    expect(await client.getAll().prefix('kv/').sort('Key', 'Descend').limit(1).keys()).toEqual(['kv/b'])
    const { mod_revision, version } = (await client.get('kv/a').exec()).kvs[0]!
    await client.put('kv/a').value('2')
    expect(await client.get('kv/a').revision(mod_revision)).toBe('1')
    expect((await client.get('kv/a').exec()).kvs[0]).toMatchObject({ version: String(Number(version) + 1) })
    expect((await client.delete().prefix('kv/').getPrevious()).map(({ value }) => value.toString('latin1'))).toEqual([
      '2',
      '\x00\xff',
    ])
    expect(await client.get('kv/a')).toBeNull()
  })

  it('watches, from now on and from a revision', async () => {
    const puts = new Calls<IKeyValue>()
    const deletes = new Calls<IKeyValue>()
    const watcher = await client.watch().prefix('w/').withPreviousKV().create()
    watcher.on('put', puts.add).on('delete', (_kv, before) => deletes.add(before!))
    const { header } = await client.put('w/1').value('one')
    await client.put('w/2').value('two')
    await client.delete().key('w/1')
    expect((await puts.first(2)).map(({ key }) => key.toString())).toEqual(['w/1', 'w/2'])
    expect((await deletes.first(1))[0]!.value.toString()).toBe('one')
    await watcher.cancel()
    const again = new Calls<IKeyValue>()
    const later = await client.watch().prefix('w/').startRevision(header.revision).create()
    later.on('put', again.add)
    expect((await again.first(2)).map(({ value }) => value.toString())).toEqual(['one', 'two'])
    await later.cancel()
  })

  it('holds keys by a lease, and lets them go', async () => {
    const lease = client.lease(60)
    await lease.put('lease/held').value('x')
    const id = await lease.grant()
    expect(BigInt(id) > 2n ** 53n).toBe(true)
    expect((await client.get('lease/held').exec()).kvs[0]!.lease).toBe(id)
    const { grantedTTL, keys } = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true })
    expect([grantedTTL, keys.map(String)]).toEqual(['60', ['lease/held']])
    await lease.keepaliveOnce()
    await lease.revoke()
    expect(await client.get('lease/held')).toBeNull()
    await expect(client.leaseClient.leaseRevoke({ ID: id })).rejects.toBeInstanceOf(EtcdLeaseInvalidError)
  })

  it('does one of two things in a transaction', async () => {
    await client.put('txn/a').value('1')
    const swap = (from: string, to: string) =>
      client
        .if('txn/a', 'Value', '==', from)
        .and('txn/a', 'Version', '>', 0)
        .then(client.put('txn/a').value(to))
        .else(client.get('txn/a'))
        .commit()
    expect((await swap('1', '2')).succeeded).toBe(true)
    const { succeeded, responses } = await swap('1', '3')
    expect([succeeded, responses[0]!.response_range.kvs[0]!.value.toString()]).toEqual([false, '2'])
  })

  it('retries a transaction of its own in memory until nobody interferes', async () => {
    await client.put('stm/a').value('0')
    const add = () => client.stm().transact(async (tx) => tx.put('stm/a').value(1 + (await tx.get('stm/a').number())!))
    await Promise.all([add(), add(), add()])
    expect(await client.get('stm/a').number()).toBe(3)
  })

  it('locks', async () => {
    const lock = await client.lock('gate').ttl(10).acquire()
    await expect(client.lock('gate').acquire()).rejects.toBeInstanceOf(EtcdLockFailedError)
    await lock.release()
    expect(await client.lock('gate').do(() => 'inside')).toBe('inside')
  })

  it('elects, and tells who leads', async () => {
    const [one, two] = [newClient(), newClient()]
    const first = one.election('post', 10).campaign('one')
    await new Promise((resolve) => first.once('elected', () => resolve(undefined)))
    const observer = await client.election('post').observe()
    const leaders = new Calls<string | undefined>()
    leaders.add(observer.leader())
    observer.on('change', leaders.add)
    const second = two.election('post', 10).campaign('two')
    const elected = new Promise((resolve) => second.once('elected', () => resolve(undefined)))
    await first.resign()
    await elected
    const heard = await leaders.first(2)
    expect([heard[0], (await leaders.first(heard[1] === undefined ? 3 : 2)).at(-1)]).toEqual(['one', 'two'])
    await second.resign()
    await observer.cancel()
  })
})
