import { describe, expect, it } from 'vitest'
import type { Component } from '#cluster/kernel/component.ts'
import { examine } from '#cluster/kernel/exam.ts'
import type { EtcdState } from '#cluster/etcd/state.ts'
import {
  CONFIG_MAPS,
  configMap,
  ETCD,
  Lab,
  newLabWorld,
  pod,
  PODS,
  requestOf,
  SERVER,
  service,
  SERVICES,
} from './lab.ts'

const SECOND = 1_000_000

describe('paths and health', () => {
  it.each([
    ['/livez', 200, 'ok'],
    ['/readyz', 200, 'ok'],
    ['/api/v1/nothing', 404, undefined],
    ['/api/v1/namespaces/default/pods/a/b/c', 404, undefined],
    ['/apis/apps/v1/pods', 404, undefined],
  ])('%s is answered with %i', (path, code, body) => {
    const lab = new Lab()
    lab.run(SECOND)
    const reply = lab.send('GET', path)
    expect(reply.status).toBe(code)
    if (body) expect(reply.body).toBe(body)
  })

  it('is not ready before its own objects are written', () => {
    const lab = new Lab()
    lab.run(100)
    expect(lab.send('GET', '/readyz').status).toBe(500)
  })

  it('sets up the system namespaces and the Service by which Pods reach it', () => {
    const lab = new Lab()
    const names = lab.send('GET', '/api/v1/namespaces').body.items.map((item: any) => item.metadata.name)
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    expect(lab.send('GET', `${SERVICES}/kubernetes`).body.spec.clusterIP).toBe('10.96.0.1')
    const slice = lab.send('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes').body
    expect(slice.endpoints[0].addresses).toEqual(['192.168.0.10'])
  })
})

describe('a server that allows nothing', () => {
  it.each([
    [
      'GET',
      PODS,
      {},
      'pods is forbidden: User "kubernetes-admin" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      PODS,
      { watch: 'true' },
      'pods is forbidden: User "kubernetes-admin" cannot watch resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/nodes/n',
      {},
      'nodes "n" is forbidden: User "kubernetes-admin" cannot get resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'PUT',
      `${PODS}/a/status`,
      {},
      'pods "a" is forbidden: User "kubernetes-admin" cannot update resource "pods/status" in API group "" in the namespace "default"',
    ],
  ] as const)('answers %s %s %j with a refusal, and keeps no seat', (method, path, query, message) => {
    const lab = new Lab(1, { authorizationMode: 'AlwaysDeny' })
    const { status, body } = lab.send(method, path, undefined, query)
    expect([status, body.reason, body.message]).toEqual([403, 'Forbidden', message])
    expect([lab.state.reading, lab.state.mutating, lab.state.requests.size]).toEqual([0, 0, 0])
  })
})

describe('requests beyond the seats', () => {
  it('wait their turn, and none is lost', () => {
    const lab = new Lab(1, { maxMutatingRequestsInflight: 5 })
    lab.run(SECOND)
    const names = Array.from({ length: 60 }, (_, i) => lab.start(requestOf('POST', CONFIG_MAPS, configMap(`c${i}`))))
    let most = 0
    lab.world.run({
      untilMicros: lab.world.now + SECOND,
      until: () => ((most = Math.max(most, lab.state.mutating)), false),
    })
    expect(most).toBe(5)
    expect(names.every((name) => lab.replyTo(name)?.status === 201)).toBe(true)
    expect([lab.state.mutating, lab.state.requests.size]).toEqual([0, 0])
  })

  it('are turned away once the queue is full, and told when to come back', () => {
    const lab = new Lab(1, { maxMutatingRequestsInflight: 1 })
    lab.run(SECOND)
    const names = Array.from({ length: 6_500 }, (_, i) => lab.start(requestOf('POST', CONFIG_MAPS, configMap(`c${i}`))))
    lab.run(1_000)
    const refused = names.map((name) => lab.replyTo(name)).filter((reply) => reply?.status === 429)
    expect(refused.length).toBe(99)
    expect(refused[0]!.body).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } })
  })
})

describe('without etcd', () => {
  it('a write that may have happened fails and says so; reads of the cache go on', () => {
    const lab = new Lab()
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const name = lab.start(requestOf('POST', CONFIG_MAPS, configMap('b')))
    lab.run(600)
    lab.world.command(lab.world.now, { type: 'stop', process: ETCD })
    lab.run(SECOND)
    expect([lab.replyTo(name)?.status, lab.replyTo(name)?.body.message]).toEqual([
      500,
      'rpc error: code = Unavailable desc = error reading from server: EOF',
    ])
    expect(lab.send('GET', CONFIG_MAPS, undefined, { resourceVersion: '0' }).body.items).toHaveLength(1)
    expect(lab.send('GET', '/readyz').status).toBe(500)
    const refused = lab.send('POST', CONFIG_MAPS, configMap('c'))
    expect([refused.status, refused.body.message]).toEqual([500, expect.stringContaining('connection refused')])
  })

  it('for a while, everything goes on where it was: watches are not even ended', () => {
    const lab = new Lab()
    const watch = lab.watch(CONFIG_MAPS)
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    lab.world.command(lab.world.now, { type: 'crash', process: ETCD })
    lab.world.command(lab.world.now + 30 * SECOND, { type: 'start', process: ETCD })
    lab.run(35 * SECOND)
    expect(lab.send('POST', CONFIG_MAPS, configMap('b')).status).toBe(201)
    lab.run(SECOND)
    expect([lab.told(watch), lab.replyTo(watch)]).toEqual(['ADDED a, ADDED b', undefined])
  })

  it('during boot, requests wait until it is there', () => {
    const lab = new Lab()
    lab.world.command(0, { type: 'stop', process: ETCD })
    lab.world.command(20 * SECOND, { type: 'start', process: ETCD })
    lab.run(SECOND)
    expect(lab.send('POST', CONFIG_MAPS, configMap('a')).status).toBe(201)
  })

  it('for longer than a request may last, it ends in a timeout', () => {
    const lab = new Lab()
    lab.run(SECOND)
    lab.world.command(lab.world.now, { type: 'pause', process: ETCD })
    lab.run(1_000)
    const { status, body } = lab.send('POST', CONFIG_MAPS, configMap('a'))
    expect([status, body.reason]).toEqual([504, 'Timeout'])
    lab.world.command(lab.world.now, { type: 'resume', process: ETCD })
    lab.run(SECOND)
    expect([lab.state.mutating, lab.state.requests.size]).toEqual([0, 0])
  })

  it('each request has its own minute', () => {
    const lab = new Lab()
    lab.run(SECOND)
    lab.world.command(lab.world.now, { type: 'pause', process: ETCD })
    lab.run(1_000)
    const start = lab.world.now
    const names = [0, 20, 40].map((second) => {
      lab.world.run({ untilMicros: start + second * SECOND })
      return lab.start(requestOf('POST', CONFIG_MAPS, configMap(`c${second}`)))
    })
    lab.run(120 * SECOND)
    const epoch = lab.world.options.epochMicros
    const ended = names.map((name) => Math.round((lab.heard(name)[0]!.at - epoch - start) / SECOND))
    expect(ended).toEqual([60, 80, 100])
  })

  it('for so long that the history is compacted meanwhile, the cache begins anew and its watches end', () => {
    const lab = new Lab()
    const watch = lab.watch(CONFIG_MAPS)
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    lab.run(SECOND)
    // What another API server might do while this one's watches are down.
    const { store } = lab.world.stateOf<EtcdState>(ETCD).keyspace
    lab.world.command(lab.world.now, { type: 'crash', process: ETCD })
    lab.world.command(lab.world.now + 1, { type: 'start', process: ETCD })
    const key = '/registry/configmaps/default/a'
    const tell = (at: number, name: string, body: object) =>
      lab.world.command(at, {
        type: 'tell',
        process: 'laptop/probe',
        body: { type: 'ask', name, to: ETCD, body } as any,
      })
    tell(lab.world.now + 1_000, 'delete', { type: 'DeleteRange', key })
    tell(lab.world.now + 20_000, 'put', { type: 'Put', key: '/other', value: '1' })
    tell(lab.world.now + 40_000, 'compact', { type: 'Compact', revision: store.revision + 2 })
    lab.run(10 * SECOND)
    expect(lab.replyTo(watch)).toEqual({ status: 0, body: 'done' })
    expect(lab.send('GET', CONFIG_MAPS, undefined, { resourceVersion: '0' }).body.items).toEqual([])
    expect(lab.send('POST', CONFIG_MAPS, configMap('b')).status).toBe(201)
    lab.run(SECOND)
    expect(lab.send('GET', CONFIG_MAPS, undefined, { resourceVersion: '0' }).body.items).toHaveLength(1)
  })
})

describe('a cache that lags behind', () => {
  /** For a second after etcd is back its watches are not: what is written now the cache does not see. */
  const lagging = (): { lab: Lab; object: any } => {
    const lab = new Lab()
    const object = lab.send('POST', CONFIG_MAPS, configMap('a', { n: '1' })).body
    lab.run(SECOND)
    lab.world.command(lab.world.now, { type: 'crash', process: ETCD })
    lab.world.command(lab.world.now + 1, { type: 'start', process: ETCD })
    lab.run(50_000)
    return { lab, object }
  }
  const path = `${CONFIG_MAPS}/a`

  it('refuses nothing on its own word', () => {
    const { lab, object } = lagging()
    const second = lab.send('PUT', path, { ...object, data: { n: '2' } }).body
    expect(lab.send('PUT', path, { ...second, data: { n: '3' } }).status).toBe(200)
    expect(lab.send('DELETE', path, { preconditions: { uid: object.metadata.uid } }).status).toBe(200)
    expect(lab.send('DELETE', path).status).toBe(404)
  })

  it('does not take for done what only it believes to hold', () => {
    const { lab, object } = lagging()
    lab.send('PUT', path, { ...object, data: { n: '2' } })
    lab.send('PUT', path, configMap('a', { n: '1' }))
    expect(lab.send('GET', path).body.data).toEqual({ n: '1' })
  })

  it('is not asked when a list must show all that was written', () => {
    const { lab } = lagging()
    lab.send('POST', CONFIG_MAPS, configMap('b'))
    expect(lab.send('GET', CONFIG_MAPS, undefined, { resourceVersion: '0' }).body.items).toHaveLength(1)
    expect(lab.send('GET', CONFIG_MAPS).body.items).toHaveLength(2)
  })

  it('tells a watch from a later version nothing that it has seen', () => {
    const { lab } = lagging()
    const { metadata } = lab.send('POST', CONFIG_MAPS, configMap('b')).body
    const watch = lab.watch(CONFIG_MAPS, { resourceVersion: metadata.resourceVersion })
    lab.run(2 * SECOND)
    lab.send('POST', CONFIG_MAPS, configMap('c'))
    lab.run(SECOND)
    expect(lab.told(watch)).toBe('ADDED c')
  })

  it('is not taken for newer because others are', () => {
    const lab = new Lab()
    const watch = lab.watch(PODS, { allowWatchBookmarks: 'true' })
    const cache = lab.state.caches['configmaps']!
    cache.watching = false
    const before = cache.revision
    lab.send('POST', PODS, pod('a'))
    lab.run(130 * SECOND)
    expect(lab.told(watch)).toContain('BOOKMARK')
    expect(lab.state.caches['pods']!.revision).toBeGreaterThan(before)
    expect(lab.state.caches['configmaps']!.revision).toBe(before)
  })
})

it('a restart loses nothing: all of it is in etcd', () => {
  const lab = new Lab()
  const { metadata } = lab.send('POST', CONFIG_MAPS, configMap('a')).body
  lab.world.command(lab.world.now, { type: 'crash', process: SERVER })
  lab.world.command(lab.world.now + SECOND, { type: 'start', process: SERVER })
  lab.run(2 * SECOND)
  expect(lab.send('GET', `${CONFIG_MAPS}/a`).body.metadata).toEqual(metadata)
  expect(lab.send('GET', '/api/v1/namespaces').body.items).toHaveLength(4)
})

it('history is cut off at where it stood five minutes ago', () => {
  const lab = new Lab()
  for (let minute = 0; minute < 20; minute++) {
    lab.send('POST', CONFIG_MAPS, configMap(`c${minute}`))
    lab.run(60 * SECOND)
  }
  const { compactRevision, revision } = lab.world.stateOf<EtcdState>(ETCD).keyspace.store
  expect(compactRevision).toBeGreaterThan(10)
  expect(revision - compactRevision).toBeLessThanOrEqual(9)
})

it('the API server passes the exam of every component', () => {
  const world = (seed: number, wrap: (component: Component) => Component, compactAt: number) => {
    const world = newLabWorld(seed, {}, wrap)
    let at = 0
    const ask = (body: object, to = SERVER) => {
      at += 700
      world.command(at, {
        type: 'tell',
        process: 'laptop/probe',
        body: { type: 'ask', name: String(at), to, body } as any,
      })
    }
    ask(requestOf('GET', PODS, undefined, { watch: 'true', allowWatchBookmarks: 'true' }))
    for (let i = 0; i < 20; i++) {
      ask(requestOf('POST', PODS, pod(`p${i}`, { app: 'a' })))
      ask(requestOf('POST', SERVICES, service(`s${i}`)))
      ask(requestOf('POST', `${PODS}/p${i}/binding`, { target: { kind: 'Node', name: `n${i % 3}` } }))
      const type = 'application/strategic-merge-patch+json'
      ask(requestOf('PATCH', `${PODS}/p${i}`, { metadata: { labels: { app: 'b' } } }, undefined, type))
      ask(requestOf('GET', PODS, undefined, { limit: '5' }))
      ask(requestOf('DELETE', `${PODS}/p${i}`))
    }
    world.command(40_000, { type: 'crash', process: ETCD })
    world.command(45_000, { type: 'start', process: ETCD })
    world.command(60_000, { type: 'crash', process: SERVER })
    world.command(61_000, { type: 'start', process: SERVER })
    // Compacted beyond what the caches know while their watches are down: they must begin anew.
    world.command(2 * SECOND, { type: 'crash', process: ETCD })
    world.command(2 * SECOND + 1, { type: 'start', process: ETCD })
    at = 2.1 * SECOND
    ask({ type: 'Put', key: '/other', value: '1' }, ETCD)
    ask({ type: 'Put', key: '/other', value: '2' }, ETCD)
    at += 10_000
    if (compactAt > 0) ask({ type: 'Compact', revision: compactAt }, ETCD)
    at = 4 * SECOND
    ask(requestOf('GET', PODS))
    return world
  }
  const trial = world(1, (component) => component, 0)
  trial.run({ untilMicros: 5 * SECOND })
  const { revision } = trial.stateOf<EtcdState>(ETCD).keyspace.store
  const build = (seed: number, wrap: (component: Component) => Component) => world(seed, wrap, revision)
  expect(() => examine({ build, untilMicros: 130 * SECOND, forks: 24 })).not.toThrow()
})
