/** A client that opens a watch and does not read: writes go on, and it misses nothing when it reads in the end. */
import { describe, expect, it } from 'vitest'
import { type Answer, EtcdClient } from './client.ts'
import { type EtcdServer, startRealEtcd, startSimulatedEtcd } from './servers.ts'

const PUTS = 100
/** Together more than the windows of HTTP/2, the sockets and the streams between can hold. */
const VALUE = Buffer.alloc(200_000, 'v')

const SERVERS: readonly [string, () => Promise<EtcdServer>][] = [
  ['the real etcd', () => startRealEtcd()],
  ['the simulated etcd', () => startSimulatedEtcd()],
]

describe.each(SERVERS)('a slow watcher of %s', (_, start) => {
  it('blocks nobody, and catches up', async () => {
    const server = await start()
    const client = new EtcdClient(server.address)
    try {
      const watch = client.watch({ key: Buffer.from('k') })
      expect(await watch.until(() => watch.heard.length === 1)).toBe(true)
      watch.pause()
      for (let i = 0; i < PUTS; i++) {
        const answer = (await client.call('KV.Put', { key: Buffer.from('k'), value: VALUE })) as Answer
        expect(answer['code']).toBeUndefined()
      }
      expect(watch.events.length).toBeLessThan(PUTS)
      watch.resume()
      expect(await watch.until(() => watch.events.length === PUTS)).toBe(true)
      const versions = watch.events.map(({ kv }) => Number(kv.version))
      expect(versions).toEqual(Array.from({ length: PUTS }, (_one, i) => i + 1))
      watch.close()
    } finally {
      client.close()
      await server.stop()
    }
  })
})
