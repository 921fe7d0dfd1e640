import { describe, expect, it } from 'vitest'
import { CONFIG_MAPS, configMap, Lab, pod, PODS, requestOf } from '../lab.ts'

const SECOND = 1_000_000

describe('a watch', () => {
  it('without a version begins with what is there', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('a'))
    const watch = lab.watch(PODS)
    lab.patch(`${PODS}/a`, { metadata: { labels: { x: 'y' } } })
    lab.send('DELETE', `${PODS}/a`)
    lab.run(SECOND)
    expect(lab.told(watch)).toBe('ADDED a, MODIFIED a, DELETED a')
  })

  it.each([
    ['/api/v1/watch/pods', 'ADDED a, ADDED b'],
    ['/api/v1/watch/namespaces/default/pods', 'ADDED a, ADDED b'],
    ['/api/v1/watch/namespaces/default/pods/b', 'ADDED b'],
    ['/api/v1/watch/namespaces/other/pods', ''],
    ['/api/v1/watch/namespaces/default', 'ADDED default'],
    ['/apis/apps/v1/watch/deployments', ''],
  ])('by its old path %s tells %j', (path, expected) => {
    const lab = new Lab()
    for (const name of ['a', 'b']) lab.send('POST', PODS, pod(name))
    const watch = lab.start(requestOf('GET', path))
    lab.run(SECOND)
    expect([lab.told(watch), lab.replyTo(watch)]).toEqual([expected, undefined])
  })

  it('by its old path is for GET alone, and of no part of an object', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('a'))
    for (const path of ['/api/v1/watch/namespaces/default/pods/a/status', '/api/v1/watch/things', '/api/v1/watch'])
      expect(lab.send('GET', path).status).toBe(404)
    expect(lab.send('DELETE', '/api/v1/watch/namespaces/default/pods/a').status).toBe(404)
  })

  it('from a version tells just what came after it', () => {
    const lab = new Lab()
    const { metadata } = lab.send('POST', PODS, pod('a')).body
    lab.send('POST', PODS, pod('b'))
    lab.run(SECOND)
    const watch = lab.watch(PODS, { resourceVersion: metadata.resourceVersion })
    lab.send('POST', PODS, pod('c'))
    lab.run(SECOND)
    expect(lab.told(watch)).toBe('ADDED b, ADDED c')
  })

  it('that wants the initial events says when it has told them all', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    lab.send('POST', CONFIG_MAPS, configMap('one'))
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }
    const watch = lab.watch(CONFIG_MAPS, query)
    expect(lab.told(watch)).toBe('ADDED one, BOOKMARK')
    const { object } = lab.events(watch).at(-1)!
    expect(object.metadata).toMatchObject({ annotations: { 'k8s.io/initial-events-end': 'true' } })
    lab.send('POST', CONFIG_MAPS, configMap('two'))
    lab.run(100_000)
    expect(lab.told(watch)).toBe('ADDED one, BOOKMARK, ADDED two')
    const { body } = lab.send('GET', CONFIG_MAPS, undefined, { watch: 'true', sendInitialEvents: 'true' })
    expect(body).toMatchObject({ code: 422 })
  })

  it('with a selector tells entering and leaving it as ADDED and DELETED', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('a', { app: 'x' }))
    const watch = lab.watch(PODS, { labelSelector: 'app=y' })
    for (const app of ['y', 'y', 'x', 'y'])
      lab.patch(`${PODS}/a`, { metadata: { labels: { app, round: String(lab.world.now) } } })
    lab.send('DELETE', `${PODS}/a`)
    lab.run(SECOND)
    expect(lab.told(watch)).toBe('ADDED a, MODIFIED a, DELETED a, ADDED a, DELETED a')
  })

  it('of one node hears of its Pods alone', () => {
    const lab = new Lab()
    const watches = ['node-1', 'node-2'].map((node) =>
      lab.watch('/api/v1/pods', { fieldSelector: `spec.nodeName=${node}` }),
    )
    for (const name of ['a', 'b']) lab.send('POST', PODS, pod(name))
    lab.send('POST', `${PODS}/a/binding`, { target: { kind: 'Node', name: 'node-1' } })
    lab.send('POST', `${PODS}/b/binding`, { target: { kind: 'Node', name: 'node-2' } })
    lab.patch(`${PODS}/b`, { metadata: { labels: { x: 'y' } } })
    lab.send('DELETE', `${PODS}/a`, { gracePeriodSeconds: 0 })
    lab.run(SECOND)
    expect(watches.map((watch) => lab.told(watch))).toEqual(['ADDED a, DELETED a', 'ADDED b, MODIFIED b'])
  })

  it('gives a deleted object the version of its deletion', () => {
    const lab = new Lab()
    const { metadata } = lab.send('POST', PODS, pod('a')).body
    const watch = lab.watch(PODS)
    lab.send('DELETE', `${PODS}/a`)
    lab.run(SECOND)
    const last = lab.events(watch).at(-1)!
    expect(Number(last.object.metadata.resourceVersion)).toBeGreaterThan(Number(metadata.resourceVersion))
  })

  it('from a version that the cache has forgotten is expired', () => {
    const lab = new Lab()
    const { metadata } = lab.send('POST', CONFIG_MAPS, configMap('a')).body
    for (let i = 0; i < 300; i++) {
      lab.patch(`${CONFIG_MAPS}/a`, { data: { n: String(i) } })
      lab.run(SECOND)
    }
    const oldest = lab.state.caches['configmaps']!.oldest
    const watch = lab.watch(CONFIG_MAPS, { resourceVersion: metadata.resourceVersion })
    expect(lab.told(watch)).toBe(`ERROR too old resource version: ${metadata.resourceVersion} (${oldest})`)
    expect(lab.events(watch)[0]!.object).toMatchObject({ code: 410, reason: 'Expired' })
    expect(lab.replyTo(watch)).toBeDefined()
  })

  it('from the oldest version that is kept misses nothing', () => {
    const lab = new Lab()
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const versions: number[] = []
    for (let i = 0; i < 250; i++) {
      versions.push(Number(lab.patch(`${CONFIG_MAPS}/a`, { data: { n: String(i) } }).body.metadata.resourceVersion))
      lab.run(SECOND)
    }
    const { oldest } = lab.state.caches['configmaps']!
    expect(oldest).toBeGreaterThan(versions[0]!)
    const watch = lab.watch(CONFIG_MAPS, { resourceVersion: String(oldest) })
    const told = lab.events(watch).map(({ object }) => Number(object.metadata.resourceVersion))
    expect(told).toEqual(versions.filter((version) => version > oldest))
    expect(lab.told(lab.watch(CONFIG_MAPS, { resourceVersion: String(oldest - 1) }))).toMatch(/^ERROR too old/)
  })

  it('gets about a bookmark a minute, that moves on with etcd', () => {
    const lab = new Lab()
    const watch = lab.watch(PODS, { allowWatchBookmarks: 'true' })
    const versions: number[] = []
    for (let minute = 0; minute < 5; minute++) {
      lab.send('POST', CONFIG_MAPS, configMap(`a${minute}`))
      lab.run(60 * SECOND)
    }
    for (const { object } of lab.events(watch)) versions.push(Number(object.metadata.resourceVersion))
    expect(lab.told(watch)).toBe(Array(5).fill('BOOKMARK').join(', '))
    expect(versions.at(-1)!).toBeGreaterThan(versions[0]!)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
  })

  it('gets bookmarks of no kind where it asked for metadata alone', () => {
    const lab = new Lab()
    const query = { watch: 'true', timeoutSeconds: '5', allowWatchBookmarks: 'true' }
    const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
    const watch = lab.start({ ...requestOf('GET', PODS, undefined, query), headers: { accept } })
    lab.run(6 * SECOND)
    expect(lab.events(watch).map(({ type, object }) => [type, object.kind, object.apiVersion])).toEqual([
      ['BOOKMARK', 'PartialObjectMetadata', 'meta.k8s.io/v1'],
    ])
  })

  it('ends when its time is over, two seconds after a last bookmark', () => {
    const lab = new Lab()
    const watch = lab.watch(PODS, { timeoutSeconds: '5', allowWatchBookmarks: 'true' })
    lab.run(4 * SECOND)
    expect([lab.told(watch), lab.state.watchers.size]).toEqual(['BOOKMARK', 1])
    lab.run(2 * SECOND)
    expect([lab.told(watch), lab.replyTo(watch)?.body, lab.state.watchers.size]).toEqual(['BOOKMARK', 'done', 0])
  })

  it('that is over in two seconds gets no bookmark', () => {
    const lab = new Lab()
    const watch = lab.watch(PODS, { timeoutSeconds: '2', allowWatchBookmarks: 'true' })
    lab.run(3 * SECOND)
    expect([lab.told(watch), lab.replyTo(watch)?.body]).toEqual(['', 'done'])
  })

  it.each<[string, object, object, number, string]>([
    ['a version that is none', { query: { resourceVersion: 'x' } }, {}, 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
    ['another name than its path has', { path: '/api/v1/watch/namespaces/default/pods/a', query: { fieldSelector: 'metadata.name=b' } }, {}, 400, "fieldSelector metadata.name doesn't match requested name"],
    ['a form in which events cannot be told apart', {}, { accept: 'application/yaml' }, 406, 'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'],
  ])('of %s is refused', (_, { path = PODS, query = {} }: { path?: string; query?: Record<string, string> }, headers, code, message) => {
    const lab = new Lab()
    lab.run(SECOND)
    const name = lab.start({ ...requestOf('GET', path, undefined, { watch: 'true', ...query }), headers: headers as Record<string, string> }) // prettier-ignore
    lab.run(SECOND)
    expect([lab.replyTo(name)?.status, lab.replyTo(name)?.body.message]).toEqual([code, message])
  }) // prettier-ignore

  it('that hangs up leaves nothing behind', () => {
    const lab = new Lab()
    const watch = lab.watch(PODS, { fieldSelector: 'spec.nodeName=n', allowWatchBookmarks: 'true' })
    lab.hangUp(watch)
    const buckets = Object.values(lab.state.buckets).flatMap((groups) => [...groups.groups()])
    expect([lab.state.watchers.size, buckets, lab.state.bookmarks.size]).toEqual([0, [], 0])
  })
})
