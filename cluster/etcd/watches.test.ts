/** A watcher whose client does not read. */
import { describe, expect, it } from 'vitest'
import { EtcdCluster } from './cluster.test-world.ts'
import type { WatchEvent, WatchResponse } from './messages.ts'

const WATCH = { type: 'WatchCreate', watchId: 1, key: 'k', rangeEnd: 'l', startRevision: 0 } as const
const ONE = 1

/** One watcher takes two responses and no more; ten writes come, at revisions 2 to 11. */
function slow() {
  const cluster = new EtcdCluster(1)
  cluster.elect()
  const [name, other] = [cluster.ask(ONE, { ...WATCH, window: 2 }), cluster.ask(ONE, WATCH)]
  cluster.run(0.1)
  for (let i = 0; i < 10; i++) cluster.put(ONE, `k${i % 3}`, i)
  cluster.run(0.1)
  const heard = (who: string): WatchResponse[] => cluster.heard(who).map(({ body }) => body)
  const revisions = (who: string): number[] =>
    heard(who).flatMap(({ events }) => events.map(({ kv }: WatchEvent) => kv.modRevision))
  const read = (responses: number): void => {
    cluster.tell({ type: 'say', name, body: { type: 'WatchWindow', responses } } as never)
    cluster.run(0.1)
  }
  return { cluster, name, other, heard, revisions, read }
}

const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i)

describe('a watcher that does not read', () => {
  it('blocks nobody', () => {
    const { revisions, name, other } = slow()
    expect(revisions(other)).toEqual(from(2, 11))
    expect(revisions(name)).toEqual([2, 3])
  })

  it('catches up from the history when it reads, once and in order, and is in step again', () => {
    const { cluster, heard, revisions, read, name } = slow()
    read(2)
    expect(revisions(name)).toEqual(from(2, 11))
    // All that it had missed is one response.
    expect(heard(name).filter(({ events }) => events.length > 0)).toHaveLength(3)
    cluster.put(ONE, 'k', 'x')
    cluster.put(ONE, 'k', 'y')
    cluster.run(0.1)
    expect(revisions(name)).toEqual(from(2, 12))
    read(1)
    expect(revisions(name)).toEqual(from(2, 13))
  })

  it('takes no space, however much it misses', () => {
    const { cluster } = slow()
    const { watches, windows } = cluster.state(ONE)
    expect(new Set([...watches.values()].map(({ behind }) => behind))).toEqual(new Set([4, undefined]))
    expect([...windows.values()]).toEqual([0])
  })

  it('is cancelled when it reads, if what it missed is compacted', () => {
    const { cluster, heard, revisions, read, name, other } = slow()
    cluster.call(ONE, { type: 'Compact', revision: 8 })
    read(5)
    expect(revisions(name)).toEqual([2, 3])
    expect(heard(name).at(-1)).toMatchObject({ canceled: true, compactRevision: 8, watchId: 1 })
    cluster.put(ONE, 'k', 'x')
    cluster.run(0.1)
    expect(revisions(name)).toEqual([2, 3])
    expect(revisions(other)).toEqual(from(2, 12))
  })

  it('is told of no progress that it has not made', () => {
    const { cluster, heard, read, name } = slow()
    const before = heard(name).length
    const ask = (): void => {
      cluster.tell({ type: 'say', name, body: { type: 'WatchProgress' } } as never)
      cluster.run(0.1)
    }
    ask()
    expect(heard(name)).toHaveLength(before)
    read(5)
    ask()
    expect(heard(name).at(-1)).toMatchObject({ watchId: -1, header: { revision: 11 } })
  })
})
