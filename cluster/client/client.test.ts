import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import { formatTime, keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Component, Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { World } from '#cluster/kernel/world.ts'
import { createRequest } from './api-client.ts'
import type { Controller } from './controller.ts'
import { controllerManager } from './controller.ts'
import type { EventRecorder } from './event-recorder.ts'
import { createEventRecorder, recordEvent } from './event-recorder.ts'
import type { Expectations } from './expectations.ts'
import * as expectations from './expectations.ts'
import { add, createWorkQueue, done, forget, retryAfter, take } from './work-queue.ts'

// ── a small API server whose watch may lag ──────────────────────────────────────────────────────────────────────────

interface FakeOptions {
  /** How long after the change a watch tells of it. */
  readonly lagMicros?: number
  /** The first so many creations are refused. */
  readonly refuse?: number
}

interface FakeState {
  readonly options: FakeOptions
  pods: Table<string, Pod>
  watches: Table<StreamId, true>
  version: number
  creations: number
  lists: number
  /** Versions from which watches were asked for. */
  resumed: Table<number, string>
}

/** Lists, watches and creates Pods. Messages: `delete` a key, `gone` (end watches with 410), `hangUp` (end them cleanly). */
const fakeApi: Component<FakeState, FakeOptions> = {
  name: 'fake-api',
  init: (options) => ({
    options,
    pods: new Table(),
    watches: new Table(),
    version: 1,
    creations: 0,
    lists: 0,
    resumed: new Table(),
  }),
  step(state, event, ctx): Effect[] {
    const close = (stream: StreamId, status: number, body: unknown): Effect => ({
      type: 'close',
      stream,
      body: { type: 'response', status, body } as never,
    })
    const tell = (type: string, object: unknown): Effect => ({
      type: 'wake',
      key: `tell/${ctx.id()}`,
      after: state.options.lagMicros ?? 0,
      body: { type, object } as never,
    })
    if (event.type === 'opened') {
      const { method, query } = event.body as HttpRequest
      if (method === 'GET' && query?.['watch']) {
        state.watches.set(event.stream, true)
        state.resumed.set(state.resumed.size, query['resourceVersion']!)
        return [{ type: 'write', stream: event.stream, body: { type: 'response', status: 200 } as never }]
      }
      if (method === 'GET') {
        state.lists++
        return [
          close(event.stream, 200, {
            metadata: { resourceVersion: String(state.version) },
            items: [...state.pods.values()],
          }),
        ]
      }
      state.creations++
      if (state.creations <= (state.options.refuse ?? 0)) {
        return [close(event.stream, 500, { kind: 'Status', status: 'Failure', reason: 'InternalError', message: 'no' })]
      }
      const pod = stamp(state, { ...((event.body as HttpRequest).body as Pod) }, ctx)
      state.pods.set(keyOf(pod), pod)
      return [close(event.stream, 201, pod), tell('ADDED', pod)]
    }
    if (event.type === 'timer') {
      const { type, object } = event.body as unknown as { type: string; object: unknown }
      return [...state.watches.keys()].map((stream) => ({
        type: 'write',
        stream,
        body: { type: 'watchEvent', event: { type, object } } as never,
      }))
    }
    if (event.type === 'closed') state.watches.delete(event.stream)
    if (event.type !== 'message') return []
    const body = event.body as { type: string; key?: string; object?: Pod }
    const streams = [...state.watches.keys()]
    if (body.type === 'delete') {
      const pod = state.pods.get(body.key!)!
      state.pods.delete(body.key!)
      return [tell('DELETED', stamp(state, pod, ctx))]
    }
    if (body.type === 'deleteUnseen') {
      state.pods.delete(body.key!)
      state.version++
    }
    if (body.type === 'gone') {
      const status = {
        kind: 'Status',
        status: 'Failure',
        code: 410,
        reason: 'Expired',
        message: 'too old resource version: 1 (5)',
      }
      return streams.map((stream) => ({
        type: 'write',
        stream,
        body: { type: 'watchEvent', event: { type: 'ERROR', object: status } } as never,
      }))
    }
    if (body.type === 'hangUp') return streams.map((stream) => close(stream, 200, undefined))
    return []
  },
}

function stamp(state: FakeState, pod: Pod, ctx: Context): Pod {
  const name = pod.metadata.name ?? `p${ctx.id()}`
  return {
    ...pod,
    metadata: { ...pod.metadata, name, uid: pod.metadata.uid ?? `u-${name}`, resourceVersion: String(++state.version) },
  }
}

interface Memory {
  expected: Expectations
  seen: Table<string, string>
}

const WANTED = 3
const bare = (namespace = 'default'): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace }, spec: { containers: [] } }) as unknown as Pod

/** Wants three Pods. With expectations it waits until it has seen those that it made. */
const wantThree = (careful: boolean): Controller<Memory> => ({
  name: 'want-three',
  watches: [
    {
      resource: 'pods',
      enqueue(delta, _caches, memory) {
        if (delta.type === 'added') expectations.creationObserved(memory.expected, 'all')
        memory.seen.set(keyOf(delta.object), delta.type)
        return ['all']
      },
    },
  ],
  memory: () => ({ expected: expectations.createExpectations(), seen: new Table() }),
  reconcile(_key, caches, memory, ctx) {
    const missing = WANTED - [...caches.all('pods')].length
    // Keeps coming back, as a busy cluster would make it.
    const again = { requeueAfterMicros: 100_000 }
    if (missing <= 0 || (careful && !expectations.areSatisfied(memory.expected, 'all', ctx.now))) return again
    expectations.expectCreations(memory.expected, 'all', missing, ctx.now)
    return { ...again, calls: Array.from({ length: missing }, () => ({ request: createRequest(bare()) })) }
  },
  settle(_key, _call, _answer, failed, memory) {
    if (failed) expectations.creationObserved(memory.expected, 'all')
  },
})

function worldWith(controller: Controller, options: FakeOptions = {}): World {
  const manager = controllerManager('manager', [controller])
  const world = new World({ seed: 1, components: { 'fake-api': fakeApi, manager } })
  world.addMachine('a')
  world.addMachine('b')
  world.addProcess({ machine: 'a', name: 'api', component: 'fake-api', options })
  world.addProcess({ machine: 'b', name: 'manager', component: 'manager', options: { servers: ['a/api'] } })
  return world
}

const run = (world: World, seconds: number): World => {
  world.run({ untilMicros: world.now + seconds * 1e6 })
  return world
}
const tell = (world: World, body: object): World => {
  world.command(world.now, { type: 'tell', process: 'a/api', body: body as never })
  return run(world, 0.1)
}
const api = (world: World): FakeState => world.stateOf('a/api')
const informer = (world: World) => world.stateOf('b/manager').informers['pods']
/** A controller that only looks on; its first key comes from the Pods that the API has. */
const onlooker: Controller<Memory> = { ...wantThree(true), reconcile: () => ({}) }

function withPods(count: number, options: FakeOptions = {}): World {
  const world = worldWith(onlooker, options)
  for (let i = 0; i < count; i++) {
    api(world).pods.set(`default/p${i}`, {
      ...bare(),
      metadata: { name: `p${i}`, namespace: 'default', uid: `u${i}`, resourceVersion: '1' },
    })
  }
  return run(world, 1)
}

describe('an informer', () => {
  it('lists once, then follows the watch', () => {
    const world = withPods(2)
    expect([api(world).lists, informer(world).items.size, informer(world).phase]).toEqual([1, 2, 'watching'])
    tell(world, { type: 'delete', key: 'default/p0' })
    expect([api(world).lists, [...informer(world).items.keys()]]).toEqual([1, ['default/p1']])
  })

  it('goes on from the last version when the server ends a healthy watch', () => {
    const world = withPods(2)
    tell(world, { type: 'delete', key: 'default/p0' })
    tell(world, { type: 'hangUp' })
    expect([api(world).lists, [...api(world).resumed.values()]]).toEqual([1, ['1', '2']])
  })

  it('lists again after 410, and finds what was deleted unseen', () => {
    const world = withPods(3)
    tell(world, { type: 'deleteUnseen', key: 'default/p1' })
    expect(informer(world).items.size).toBe(3)
    tell(world, { type: 'gone' })
    run(world, 2)
    expect([api(world).lists, [...informer(world).items.keys()]]).toEqual([2, ['default/p0', 'default/p2']])
    expect(world.stateOf('b/manager').running['want-three'].memory.seen.get('default/p1')).toBe('deleted')
  })

  it('comes back by itself after minutes without a server, more slowly each time', () => {
    const world = withPods(1)
    world.command(world.now, { type: 'stop', process: 'a/api' })
    run(world, 300)
    const { failures } = informer(world)
    expect(failures).toBeGreaterThan(5)
    expect(failures).toBeLessThan(20)
    world.command(world.now, { type: 'start', process: 'a/api' })
    run(world, 61)
    expect([informer(world).phase, informer(world).failures]).toEqual(['watching', 0])
  })
})

describe('a controller', () => {
  it('makes what is missing and then rests', () => {
    const world = worldWith(wantThree(true))
    api(world).pods.set('default/x', {
      ...bare(),
      metadata: { name: 'x', namespace: 'default', uid: 'x', resourceVersion: '1' },
    })
    run(world, 20)
    expect(api(world).pods.size).toBe(3)
  })

  it.each([
    ['with expectations makes no Pod twice under a watch that lags', true, 2],
    ['without them makes far too many', false, 10],
  ])('%s', (_rule, careful, atLeast) => {
    const world = worldWith(wantThree(careful), { lagMicros: 2_000_000 })
    api(world).pods.set('default/x', {
      ...bare(),
      metadata: { name: 'x', namespace: 'default', uid: 'x', resourceVersion: '1' },
    })
    run(world, 20)
    if (careful) expect(api(world).creations).toBe(atLeast)
    else expect(api(world).creations).toBeGreaterThan(atLeast)
  })

  it('tries again after a refusal', () => {
    const world = worldWith(wantThree(true), { refuse: 5 })
    api(world).pods.set('default/x', {
      ...bare(),
      metadata: { name: 'x', namespace: 'default', uid: 'x', resourceVersion: '1' },
    })
    run(world, 20)
    expect([api(world).pods.size, api(world).creations]).toEqual([3, 7])
  })

  it('is left out when its name is disabled', () => {
    const manager = controllerManager('manager', [onlooker])
    expect(Object.keys(manager.init({ servers: ['a/api'], disabled: ['want-three'] }).running)).toEqual([])
  })
})

describe('the work queue', () => {
  it('holds each key once, and in the order in which they came', () => {
    const queue = createWorkQueue()
    for (const key of ['a', 'b', 'a', 'c']) add(queue, key)
    expect([take(queue), take(queue), take(queue), take(queue)]).toEqual(['a', 'b', 'c', undefined])
  })

  it('never hands out a key that is being worked on, and does it again afterwards', () => {
    const queue = createWorkQueue()
    add(queue, 'a')
    take(queue)
    add(queue, 'a')
    add(queue, 'a')
    expect(take(queue)).toBeUndefined()
    done(queue, 'a')
    expect([take(queue), take(queue)]).toEqual(['a', undefined])
  })

  it('waits twice as long after each failure in a row, from 5 ms to 1,000 s', () => {
    const queue = createWorkQueue()
    expect([1, 2, 3].map(() => retryAfter(queue, 'a'))).toEqual([5_000, 10_000, 20_000])
    for (let i = 0; i < 40; i++) retryAfter(queue, 'a')
    expect(retryAfter(queue, 'a')).toBe(1_000_000_000)
    forget(queue, 'a')
    expect(retryAfter(queue, 'a')).toBe(5_000)
  })
})

describe('expectations', () => {
  it('are satisfied when all has been seen, or after five minutes', () => {
    const expected = expectations.createExpectations()
    expect(expectations.areSatisfied(expected, 'k', 0)).toBe(true)
    expectations.expectCreations(expected, 'k', 2, 0)
    expectations.creationObserved(expected, 'k')
    expect(expectations.areSatisfied(expected, 'k', 0)).toBe(false)
    expect(expectations.areSatisfied(expected, 'k', 300_000_001)).toBe(true)
    expectations.creationObserved(expected, 'k')
    expect(expectations.areSatisfied(expected, 'k', 0)).toBe(true)
  })

  it('count a deletion once, however often it is told', () => {
    const expected = expectations.createExpectations()
    expectations.expectDeletions(expected, 'k', ['a', 'b'], 0)
    for (let i = 0; i < 3; i++) expectations.deletionObserved(expected, 'k', 'a')
    expect(expectations.areSatisfied(expected, 'k', 0)).toBe(false)
    expectations.deletionObserved(expected, 'k', 'b')
    expect(expectations.areSatisfied(expected, 'k', 0)).toBe(true)
  })
})

describe('the event recorder', () => {
  const note = (message: string) =>
    ({
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', uid: 'u' } },
      type: 'Normal',
      reason: 'R',
      message,
    }) as const
  const say = (recorder: EventRecorder, now: number, message: string) =>
    recordEvent(recorder, { now, id: () => now } as unknown as Context, note(message))

  it('counts up what was said before instead of saying it anew', () => {
    const recorder = createEventRecorder('me')
    expect(say(recorder, 0, 'a')).toMatchObject({ method: 'POST', body: { count: 1, source: { component: 'me' } } })
    expect(say(recorder, 5, 'a')).toMatchObject({ method: 'PATCH', body: { count: 2 } })
    expect(say(recorder, 6, 'b')).toMatchObject({ method: 'POST' })
  })

  it('says anew what nobody has said for an hour: by then the API server has dropped it', () => {
    const recorder = createEventRecorder('me')
    say(recorder, 0, 'a')
    expect(say(recorder, 3_599_000_000, 'a')).toMatchObject({ method: 'PATCH', body: { count: 2 } })
    expect(say(recorder, 7_200_000_000, 'a')).toMatchObject({ method: 'POST', body: { count: 1 } })
  })

  it('joins the tenth that differs in its words alone, and all after it within ten minutes', () => {
    const recorder = createEventRecorder('me')
    const said = Array.from({ length: 12 }, (_, i) => say(recorder, i, `m${i}`))
    expect(said.map((request) => request?.method)).toEqual([...Array(10).fill('POST'), 'PATCH', 'PATCH'])
    expect(said[9]).toMatchObject({ body: { message: '(combined from similar events): m9', count: 1 } })
    expect(said[11]).toMatchObject({ body: { message: '(combined from similar events): m11', count: 3 } })
    expect(say(recorder, 12, 'm0')).toMatchObject({ body: { count: 2 } })
    expect(say(recorder, 601_000_000, 'new')).toMatchObject({ method: 'POST', body: { message: 'new' } })
  })

  it('falls silent after 25 about one object, counts on, and finds its voice again, one in five minutes', () => {
    const recorder = createEventRecorder('me')
    const said = Array.from({ length: 40 }, () => say(recorder, 0, 'a')).filter((request) => request !== undefined)
    expect(said).toHaveLength(25)
    expect(say(recorder, 299_000_000, 'a')).toBeUndefined()
    expect(say(recorder, 301_000_000, 'a')).toMatchObject({ method: 'PATCH', body: { count: 42 } })
  })

  it('says for the first time what it was silent about', () => {
    const recorder = createEventRecorder('me')
    for (let i = 0; i < 25; i++) say(recorder, 0, 'a')
    expect(say(recorder, 0, 'b')).toBeUndefined()
    expect(say(recorder, 301_000_000, 'b')).toMatchObject({ method: 'POST', body: { count: 2, firstTimestamp: formatTime(0) } }) // prettier-ignore
  })
})
