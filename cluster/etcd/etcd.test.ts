import { describe, expect, it } from 'vitest'
import type { Body, Component } from '#cluster/kernel/component.ts'
import { examine } from '#cluster/kernel/exam.ts'
import type { Heard, ProbeState } from '#cluster/kernel/probe.ts'
import { probe } from '#cluster/kernel/probe.ts'
import { World } from '#cluster/kernel/world.ts'
import type { EtcdState } from './state.ts'
import { etcd } from './etcd.ts'
import { type EtcdRequest, NO_LEASE, type RangeResponse, type WatchEvent, type WatchResponse } from './messages.ts'
import { SNAPSHOT_COUNT } from './wal.ts'

const SERVER = 'm-1/etcd'
const CLIENT = 'm-2/probe'
const SECOND = 1_000_000

function newWorld(seed = 1, wrap: (component: Component) => Component = (component) => component): World {
  const world = new World({ seed, components: { etcd: wrap(etcd), probe: wrap(probe) } })
  world.addMachine('m-1')
  world.addMachine('m-2')
  world.addProcess({ machine: 'm-1', name: 'etcd', component: 'etcd', options: {} })
  world.addProcess({ machine: 'm-2', name: 'probe', component: 'probe', options: {} })
  return world
}

const tell = (world: World, at: number, body: Body): void => world.command(at, { type: 'tell', process: CLIENT, body })
const ask = (world: World, at: number, name: string, body: EtcdRequest): void =>
  tell(world, at, { type: 'ask', name, to: SERVER, body } as Body)
const heard = (world: World, name?: string): Heard[] =>
  world.stateOf<ProbeState>(CLIENT).heard.filter((entry) => name === undefined || entry.name === name)
const answerTo = (world: World, name: string): any => heard(world, name)[0]?.body

/** Asks one after the other, a tenth of a second apart; the answers by number. */
function converse(requests: readonly EtcdRequest[]): any[] {
  const world = newWorld()
  requests.forEach((request, i) => ask(world, (i + 1) * 100_000, String(i), request))
  world.run({ untilMicros: requests.length * 100_000 + SECOND })
  return requests.map((_, i) => answerTo(world, String(i)))
}

const put = (key: string, value: unknown, lease = NO_LEASE): EtcdRequest => ({ type: 'Put', key, value, lease })
const get = (key: string, revision = 0): EtcdRequest => ({ type: 'Range', key, revision })

describe('etcd answers', () => {
  it('a put with the revision that it made', () => {
    const [first, second] = converse([put('a', '1'), put('a', '2')])
    expect([first.header.revision, second.header.revision]).toEqual([2, 3])
  })

  it('a read with what was written before it', () => {
    expect(converse([put('a', '1'), get('a')])[1]).toMatchObject({
      kvs: [{ key: 'a', value: '1', createRevision: 2, modRevision: 2, version: 1 }],
      count: 1,
      more: false,
    })
  })

  it.each([
    ['a compacted revision', 2, 'etcdserver: mvcc: required revision has been compacted'],
    ['a future revision', 9, 'etcdserver: mvcc: required revision is a future revision'],
  ])('a read at %s with an error', (_, revision, message) => {
    const answers = converse([put('a', '1'), put('a', '2'), { type: 'Compact', revision: 3 }, get('a', revision)])
    expect(answers[3]).toEqual({ type: 'Error', code: 'OutOfRange', message })
  })

  it.each([
    ['MOD', 'EQUAL', 3, true],
    ['MOD', 'EQUAL', 2, false],
    ['CREATE', 'EQUAL', 2, true],
    ['VERSION', 'GREATER', 1, true],
    ['VERSION', 'LESS', 2, false],
    ['VALUE', 'EQUAL', '2', true],
    ['VALUE', 'NOT_EQUAL', '2', false],
    ['LEASE', 'EQUAL', 0, true],
  ] as const)('a transaction that asks whether %s is %s %s with %s', (target, result, operand, succeeded) => {
    const compare = [{ target, result, key: 'a', operand }]
    const txn = { type: 'Txn', compare, success: [put('a', 'yes')], failure: [get('a')] } as EtcdRequest
    const [, , response, after] = converse([put('a', '1'), put('a', '2'), txn, get('a')])
    expect(response.succeeded).toBe(succeeded)
    expect(after.kvs[0].value).toBe(succeeded ? 'yes' : '2')
  })

  it.each([
    ['puts one key twice', [put('a', '1'), put('a', '2')], 'etcdserver: duplicate key given in txn request'],
    ['hangs a key on no lease', [put('a', '1', '77')], 'etcdserver: requested lease not found'],
  ])('a transaction that %s with an error, and changes nothing', (_, success, message) => {
    const answers = converse([{ type: 'Txn', compare: [], success, failure: [] } as EtcdRequest, get('a')])
    expect(answers[0]).toMatchObject({ type: 'Error', message })
    expect(answers[1].count).toBe(0)
  })
})

describe('a write', () => {
  it('is answered, and told to watchers, only once it is durable', () => {
    const world = newWorld()
    ask(world, 0, 'watch', { type: 'WatchCreate', watchId: 1, key: 'a', startRevision: 0 })
    ask(world, 100_000, 'put', put('a', '1'))
    world.run({ untilMicros: SECOND })
    const told = heard(world, 'watch').find(({ body }) => body.events.length > 0)!
    expect(Math.min(told.at, heard(world, 'put')[0]!.at)).toBeGreaterThan(102_000)
  })

  it('shares its sync with those that came while the disk was busy', () => {
    const world = newWorld()
    for (let i = 0; i < 50; i++) ask(world, i, String(i), put(`k${i}`, 'x'))
    world.run({ untilMicros: SECOND })
    expect(heard(world)).toHaveLength(50)
    expect(Math.max(...heard(world).map(({ at }) => at))).toBeLessThan(8_000)
  })
})

describe('a crash', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))('loses nothing that was acknowledged, seed %i', (seed) => {
    const world = newWorld(seed)
    for (let i = 0; i < 60; i++) ask(world, i * 700, `put-${i}`, put(`k${i % 7}`, String(i)))
    const crashAt = 3_000 + seed * 1_531
    world.command(crashAt, { type: 'crash', process: SERVER })
    world.command(crashAt + 5_000, { type: 'start', process: SERVER })
    world.run({ untilMicros: SECOND })
    ask(world, world.now, 'all', { type: 'Range', key: '\0', rangeEnd: '\0' })
    world.run({ untilMicros: world.now + SECOND })
    const acknowledged = heard(world).filter(
      ({ name, how, body }) => name.startsWith('put-') && how === 'done' && body.type === 'PutResponse',
    )
    const kvs = (answerTo(world, 'all') as RangeResponse).kvs
    expect(acknowledged.length).toBeGreaterThan(2)
    for (const { name, body } of acknowledged) {
      const number = Number(name.slice(4))
      const kv = kvs.find(({ key }) => key === `k${number % 7}`)!
      expect(Number(kv.value)).toBeGreaterThanOrEqual(number)
      expect(kv.modRevision).toBeGreaterThanOrEqual(body.header.revision)
    }
    expect(new Set(acknowledged.map(({ body }) => body.header.revision)).size).toBe(acknowledged.length)
  })

  it('brings back history, compaction and all, from a snapshot and the log after it', () => {
    const world = newWorld()
    const state = () => world.stateOf<EtcdState>(SERVER)
    const write = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        ask(world, world.now + (i - from), 'put', put(`k${i % 100}`, String(i)))
        if (i % 3_000 === 2_999) ask(world, world.now + (i - from), 'compact', { type: 'Compact', revision: i - 1_000 })
      }
      world.run({ untilMicros: world.now + SECOND })
    }
    write(0, SNAPSHOT_COUNT + 500)
    expect(state().snapshotIndex).toBeGreaterThan(0)
    write(SNAPSHOT_COUNT + 500, SNAPSHOT_COUNT + 700)
    const before = lookInto(state())
    world.command(world.now, { type: 'crash', process: SERVER })
    world.command(world.now + 1, { type: 'start', process: SERVER })
    world.run({ untilMicros: world.now + SECOND })
    expect(lookInto(state())).toEqual(before)
    const files = [...world.process(SERVER)!.disk!.files.keys()]
    expect(files.sort()).toEqual([`snapshot-${state().snapshotIndex}`, `wal-${state().snapshotIndex}`])
  })

  function lookInto({ keyspace: { store } }: EtcdState): unknown {
    return {
      revision: store.revision,
      compacted: store.compactRevision,
      heads: [...store.heads.keys()].sort(),
      base: [...store.base.entries()].sort(([a], [b]) => (a < b ? -1 : 1)),
      history: [...store.history.from(store.history.start)],
    }
  }
})

describe('a watch', () => {
  const eventsOf = (world: World, name: string): WatchEvent[] =>
    heard(world, name).flatMap(({ body }) => (body as WatchResponse)?.events ?? [])

  it('tells only of its range, with what held before where that is wanted', () => {
    const world = newWorld()
    ask(world, 0, 'watch', { type: 'WatchCreate', watchId: 1, key: 'b', rangeEnd: 'd', startRevision: 0, prevKv: true })
    ;['a', 'b', 'c', 'd', 'b'].forEach((key, i) => ask(world, 100_000 * (i + 1), `put-${i}`, put(key, String(i))))
    ask(world, 700_000, 'delete', { type: 'DeleteRange', key: 'b' })
    world.run({ untilMicros: SECOND })
    expect(
      eventsOf(world, 'watch').map(({ type, kv, prevKv }) => [type, kv.key, kv.modRevision, prevKv?.value]),
    ).toEqual([
      ['PUT', 'b', 3, undefined],
      ['PUT', 'c', 4, undefined],
      ['PUT', 'b', 6, '1'],
      ['DELETE', 'b', 7, '4'],
    ])
  })

  it('from a compacted revision is cancelled, and says where to begin', () => {
    const world = newWorld()
    for (let i = 0; i < 5; i++) ask(world, i * 10_000, `put-${i}`, put('a', String(i)))
    ask(world, 100_000, 'compact', { type: 'Compact', revision: 5 })
    ask(world, 200_000, 'old', { type: 'WatchCreate', watchId: 1, key: 'a', startRevision: 4 })
    ask(world, 200_000, 'edge', { type: 'WatchCreate', watchId: 1, key: 'a', startRevision: 5 })
    world.run({ untilMicros: SECOND })
    expect(heard(world, 'old')[1]!.body).toMatchObject({ canceled: true, compactRevision: 5 })
    expect(eventsOf(world, 'edge').map(({ kv }) => kv.modRevision)).toEqual([5, 6])
  })

  it('says on request how far it has come, after everything before', () => {
    const world = newWorld()
    ask(world, 0, 'watch', { type: 'WatchCreate', watchId: 1, key: 'a', startRevision: 0 })
    ask(world, 100_000, 'put', put('b', '1'))
    tell(world, 200_000, { type: 'say', name: 'watch', body: { type: 'WatchProgress' } } as Body)
    world.run({ untilMicros: SECOND })
    expect(heard(world, 'watch').at(-1)!.body).toMatchObject({ watchId: -1, header: { revision: 2 }, events: [] })
  })

  it.each([1, 2, 3, 4, 5, 6])('that resumes after every break misses nothing and repeats nothing, seed %i', (seed) => {
    const world = newWorld(seed)
    for (let i = 0; i < 200; i++) ask(world, i * 2_000, `put-${i}`, put(`k${i % 5}`, String(i)))
    const seen: number[] = []
    for (let round = 0; round < 10; round++) {
      const name = `watch-${round}`
      ask(world, world.now, name, {
        type: 'WatchCreate',
        watchId: 1,
        key: 'k',
        rangeEnd: 'l',
        startRevision: (seen.at(-1) ?? 1) + 1,
      })
      world.run({ untilMicros: world.now + 17_000 + seed * 3_001 })
      if (round % 3 === 2) {
        world.command(world.now, { type: 'crash', process: SERVER })
        world.command(world.now + 3_000, { type: 'start', process: SERVER })
        world.run({ untilMicros: world.now + 6_000 })
      } else tell(world, world.now, { type: 'hangUp', name } as Body)
      world.run({ untilMicros: world.now + 1_000 })
      seen.push(...eventsOf(world, name).map(({ kv }) => kv.modRevision))
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i + 2))
    expect(seen.length).toBeGreaterThan(50)
  })
})

describe('a lease', () => {
  const live = (world: World, at: number): boolean => {
    ask(world, at, `look-${at}`, get('a'))
    world.run({ untilMicros: at + 100_000 })
    return (answerTo(world, `look-${at}`) as RangeResponse).count === 1
  }
  const granted = (): World => {
    const world = newWorld()
    ask(world, 0, 'grant', { type: 'LeaseGrant', ttl: 10, id: '7' })
    ask(world, 50_000, 'put', put('a', '1', '7'))
    return world
  }

  it('takes its keys along when its time is over, and not before', () => {
    const world = granted()
    expect([live(world, 9.9 * SECOND), live(world, 10.7 * SECOND)]).toEqual([true, false])
  })

  it('lives on while it is kept alive', () => {
    const world = granted()
    ask(world, 8 * SECOND, 'keep', { type: 'LeaseKeepAlive', id: '7' })
    expect([live(world, 17 * SECOND), live(world, 18.8 * SECOND)]).toEqual([true, false])
  })

  it('lets a key go that was written again without it', () => {
    const world = granted()
    ask(world, SECOND, 'again', put('a', '2'))
    expect(live(world, 12 * SECOND)).toBe(true)
  })

  it('lives its full time again after a restart: late, never early', () => {
    const world = granted()
    world.command(6 * SECOND, { type: 'crash', process: SERVER })
    world.command(7 * SECOND, { type: 'start', process: SERVER })
    expect([live(world, 16.5 * SECOND), live(world, 17.8 * SECOND)]).toEqual([true, false])
  })

  it('that is revoked deletes its keys in one revision', () => {
    const world = granted()
    ask(world, 100_000, 'other', put('b', '1', '7'))
    ask(world, 200_000, 'watch', { type: 'WatchCreate', watchId: 1, key: '\0', rangeEnd: '\0', startRevision: 0 })
    ask(world, 300_000, 'revoke', { type: 'LeaseRevoke', id: '7' })
    world.run({ untilMicros: SECOND })
    const last = heard(world, 'watch').at(-1)!.body as WatchResponse
    expect(last.events.map(({ type, kv }) => [type, kv.key, kv.modRevision])).toEqual([
      ['DELETE', 'a', 4],
      ['DELETE', 'b', 4],
    ])
  })
})

it('etcd passes the exam of every component', () => {
  const build = (seed: number, wrap: (component: Component) => Component): World => {
    const world = newWorld(seed, wrap)
    ask(world, 0, 'watch', { type: 'WatchCreate', watchId: 1, key: 'k', rangeEnd: 'l', startRevision: 0 })
    ask(world, 0, 'grant', { type: 'LeaseGrant', ttl: 2, id: '7' })
    for (let i = 0; i < 80; i++)
      ask(world, 10_000 + i * 900, `put-${i}`, put(`k${i % 9}`, { n: i }, i % 4 === 0 ? '7' : NO_LEASE))
    world.command(50_000, { type: 'crash', process: SERVER })
    world.command(52_000, { type: 'start', process: SERVER })
    ask(world, 60_000, 'compact', { type: 'Compact', revision: 20 })
    return world
  }
  expect(() => examine({ build, untilMicros: 4 * SECOND })).not.toThrow()
})
