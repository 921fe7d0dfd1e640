import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { describedBy, readSchemas } from '#cluster/api/schema/schema.ts'
import type { Query } from '../lab.ts'
import { Lab, pod, PODS, requestOf } from '../lab.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json' // prettier-ignore
const PARTIAL = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
const ONE_PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'

function ready(): Lab {
  const lab = new Lab()
  lab.run(1_000_000)
  return lab
}

function ask(lab: Lab, path: string, accept: string, query?: Query): any {
  const name = lab.start({ ...requestOf('GET', path, undefined, query), headers: { accept } })
  lab.run(1_000_000)
  return (lab.heard(name).at(-1)!.body as HttpResponse).body
}

it('of a scale has the columns of scales', () => {
  const own = ready()
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'web' }] } }
  const spec = { replicas: 3, selector: { matchLabels: { a: 'b' } }, template }
  const path = '/apis/apps/v1/namespaces/default/replicasets'
  own.send('POST', path, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web' }, spec })
  const { columnDefinitions, rows } = ask(own, `${path}/web/scale`, TABLE)
  expect(columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Desired', 'Available', 'Age'])
  expect(rows[0].cells.slice(0, 3)).toEqual(['web', 3, 0])
})

describe('a Table', () => {
  const lab = ready()
  lab.send('POST', PODS, pod('web', { app: 'web' }))
  lab.run(65_000_000)

  it('has the columns of its kind and one row for each object', () => {
    const table = ask(lab, PODS, TABLE)
    expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
    expect(table.metadata.resourceVersion).toMatch(/^\d+$/)
    expect(table.columnDefinitions.map(({ name, type, priority }: any) => `${name} ${type} ${priority}`)).toEqual([
      'Name string 0',
      'Ready string 0',
      'Status string 0',
      'Restarts string 0',
      'Age string 0',
      'IP string 1',
      'Node string 1',
      'Nominated Node string 1',
      'Readiness Gates string 1',
    ])
    const [row] = table.rows
    expect(row.cells).toEqual(['web', '0/1', 'Pending', '0', '65s', '<none>', '<none>', '<none>', '<none>'])
    expect(row.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'web' } })
    expect(row.object.spec).toBeUndefined()
  })

  it('brings the object along where that is asked for, or nothing', () => {
    expect(ask(lab, PODS, TABLE, { includeObject: 'Object' }).rows[0].object.spec.containers).toHaveLength(1)
    expect(ask(lab, PODS, TABLE, { includeObject: 'None' }).rows[0].object).toBeUndefined()
  })

  it('is made of one object too, and of pages', () => {
    expect(ask(lab, `${PODS}/web`, TABLE).rows).toHaveLength(1)
    lab.send('POST', PODS, pod('web-2'))
    const page = ask(lab, PODS, TABLE, { limit: '1' })
    expect(page.rows).toHaveLength(1)
    expect(page.metadata).toMatchObject({ remainingItemCount: 1 })
    expect(ask(lab, PODS, TABLE, { limit: '1', continue: page.metadata.continue }).rows[0].cells[0]).toBe('web-2')
  })

  it('is no shape for a refusal', () => {
    expect(ask(lab, `${PODS}/nobody`, TABLE)).toMatchObject({ kind: 'Status', code: 404 })
  })

  it('takes the first shape of those named that there is', () => {
    expect(ask(lab, PODS, `application/json;as=Table;v=v2;g=meta.k8s.io,${TABLE}`).kind).toBe('Table')
    expect(ask(lab, PODS, `application/json,${TABLE}`).kind).toBe('PodList')
  })

  it('of a watch names its columns once', () => {
    const name = lab.start({ ...requestOf('GET', PODS, undefined, { watch: '1' }), headers: { accept: TABLE } })
    lab.run(100_000)
    lab.send('POST', PODS, pod('late'))
    lab.run(100_000)
    const tables = lab.events(name).map(({ object }) => object)
    expect(tables.map(({ rows }) => rows[0].cells[0])).toEqual(['web', 'web-2', 'late'])
    expect(tables.map(({ columnDefinitions }) => columnDefinitions !== null)).toEqual([true, false, false])
  })

  it('of a kind without columns of its own says when it was made', () => {
    lab.send('POST', '/api/v1/namespaces/default/limitranges', { metadata: { name: 'small' }, spec: { limits: [] } })
    const { columnDefinitions, rows } = ask(lab, '/api/v1/limitranges', TABLE)
    expect(columnDefinitions.map(({ name }: any) => name)).toEqual(['Name', 'Created At'])
    expect(rows[0].cells[1]).toMatch(/^2026-01-01T/)
  })
})

describe('PartialObjectMetadata', () => {
  it('is what is known of an object without its content', () => {
    const lab = ready()
    lab.send('POST', PODS, pod('web', { app: 'web' }))
    const list = ask(lab, PODS, PARTIAL)
    expect(list).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    expect(list.items[0]).toMatchObject({ metadata: { name: 'web', labels: { app: 'web' } } })
    expect(list.items[0].spec).toBeUndefined()
    expect(ask(lab, `${PODS}/web`, ONE_PARTIAL).kind).toBe('PartialObjectMetadata')
  })

  it('is a list of a list, and no list of an object', () => {
    const lab = ready()
    lab.send('POST', PODS, pod('web'))
    expect(ask(lab, PODS, ONE_PARTIAL)).toMatchObject({ code: 406, reason: 'NotAcceptable', message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)' }) // prettier-ignore
    expect(ask(lab, `${PODS}/web`, PARTIAL).message).toBe('you requested PartialObjectMetadataList, but the requested object is not a list (*core.Pod)') // prettier-ignore
  })
})

describe('a kind in two versions', () => {
  const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
  const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
  const target = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }

  it('is written in one and read in the other', () => {
    const lab = ready()
    const body = {
      metadata: { name: 'web' },
      spec: { scaleTargetRef: target, maxReplicas: 5, targetCPUUtilizationPercentage: 60 },
    }
    const created = lab.send('POST', V1, body)
    expect(created.body).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 60 } })
    const { body: two } = lab.send('GET', `${V2}/web`)
    const metric = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
    }
    expect(two).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { metrics: [metric] } })
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
    }
    lab.send('PUT', `${V2}/web`, { ...two, spec: { ...two.spec, metrics: [metric, memory] } })
    lab.patch(`${V1}/web`, { spec: { targetCPUUtilizationPercentage: 80 } })
    const { metrics } = lab.send('GET', `${V2}/web`).body.spec
    expect(metrics).toContainEqual(memory)
    expect(metrics).toHaveLength(2)
    expect(lab.send('GET', V1).body.items[0]).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { targetCPUUtilizationPercentage: 80 },
    })
    expect(ask(lab, V1, TABLE).rows[0].cells.slice(0, 3)).toEqual([
      'web',
      'Deployment/web',
      'memory: <unknown>/1Gi (avg), cpu: <unknown>/80%',
    ])
  })

  it.each<[object, object]>([
    [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } },
      { type: 'Resource', resource: { name: 'cpu', targetAverageValue: '500m' } },
    ],
    [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 70 } } },
      { type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 70 } },
    ],
    [
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 70 } } },
      { type: 'ContainerResource', containerResource: { name: 'cpu', targetAverageUtilization: 70, container: 'c' } },
    ],
    [
      { type: 'Pods', pods: { metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '1k' } } },
      { type: 'Pods', pods: { metricName: 'hits', targetAverageValue: '1k', selector: { matchLabels: { a: 'b' } } } },
    ],
    [
      { type: 'Object', object: { describedObject: { kind: 'Service', name: 's' }, metric: { name: 'hits' }, target: { type: 'Value', value: '5' } } },
      { type: 'Object', object: { target: { kind: 'Service', name: 's' }, metricName: 'hits', targetValue: '5' } },
    ],
    [
      { type: 'Object', object: { describedObject: { kind: 'Service', name: 's' }, metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '5' } } },
      { type: 'Object', object: { target: { kind: 'Service', name: 's' }, metricName: 'hits', targetValue: '0', averageValue: '5' } },
    ],
    [
      { type: 'External', external: { metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '5' } } },
      { type: 'External', external: { metricName: 'queue', metricSelector: { matchLabels: { a: 'b' } }, targetValue: '5' } },
    ],
  ])('has in v1, in the words of its time, what has no field there: %j', (metric, former) => {
    const lab = ready()
    const made = lab.send('POST', V2, { metadata: { name: 'web' }, spec: { scaleTargetRef: target, maxReplicas: 5, metrics: [metric] } })
    expect(made.status).toBe(201)
    const one = lab.send('GET', `${V1}/web`).body
    expect(JSON.parse(one.metadata.annotations['autoscaling.alpha.kubernetes.io/metrics'])).toEqual([former])
    expect(lab.send('PUT', `${V1}/web`, one).status).toBe(200)
    expect(lab.send('GET', `${V2}/web`).body.spec.metrics).toEqual([metric])
  }) // prettier-ignore

  it('has in v1 what was measured, as a controller of that time writes it', () => {
    const lab = ready()
    lab.send('POST', V2, { metadata: { name: 'web' }, spec: { scaleTargetRef: target, maxReplicas: 5 } })
    const { metadata, ...one } = lab.send('GET', `${V1}/web`).body
    const measured = [{ type: 'Resource', resource: { name: 'memory', currentAverageUtilization: 7, currentAverageValue: '3Mi' } }] // prettier-ignore
    const annotations = { 'autoscaling.alpha.kubernetes.io/current-metrics': JSON.stringify([null, ...measured]) }
    const status = { currentReplicas: 1, desiredReplicas: 2 }
    expect(lab.send('PUT', `${V1}/web/status`, { ...one, metadata: { ...metadata, annotations }, status }).status).toBe(200) // prettier-ignore
    const current = { averageUtilization: 7, averageValue: '3Mi' }
    expect(lab.send('GET', `${V2}/web`).body.status).toMatchObject({ desiredReplicas: 2, currentMetrics: [{ type: 'Resource', resource: { name: 'memory', current } }] }) // prettier-ignore
    const again = lab.send('GET', `${V1}/web`).body.metadata.annotations
    expect(JSON.parse(again['autoscaling.alpha.kubernetes.io/current-metrics'])).toEqual(measured)
  })

  it.each([
    ['with what it is a percentage of', [{ type: 'Resource', resource: { name: 'cpu', currentAverageUtilization: 150, currentAverageValue: '300m' } }], { averageUtilization: 150, averageValue: '300m' }],
    ['which is all that it says', [], { averageUtilization: 150 }],
  ])('knows the processor once, by the percentage that v1 has a field for, %s', (_, measured, current) => {
    const lab = ready()
    lab.send('POST', V2, { metadata: { name: 'web' }, spec: { scaleTargetRef: target, maxReplicas: 5 } })
    const { metadata, ...one } = lab.send('GET', `${V1}/web`).body
    const annotations = { 'autoscaling.alpha.kubernetes.io/current-metrics': JSON.stringify(measured) }
    const status = { currentReplicas: 1, desiredReplicas: 2, currentCPUUtilizationPercentage: 150 }
    lab.send('PUT', `${V1}/web/status`, { ...one, metadata: { ...metadata, annotations }, status })
    const { currentMetrics } = lab.send('GET', `${V2}/web`).body.status
    expect(currentMetrics).toEqual([{ type: 'Resource', resource: { name: 'cpu', current } }])
    const again = lab.send('GET', `${V1}/web`).body
    expect(again.status.currentCPUUtilizationPercentage).toBe(150)
    if (measured.length > 0)
      expect(JSON.parse(again.metadata.annotations['autoscaling.alpha.kubernetes.io/current-metrics'])).toEqual(measured)
  }) // prettier-ignore

  it('tells its watchers in theirs', () => {
    const lab = ready()
    const watch = lab.watch('/apis/events.k8s.io/v1/events')
    lab.send('POST', '/api/v1/namespaces/default/events', {
      metadata: { name: 'e1' },
      involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
      reason: 'Tested',
      message: 'it works',
      type: 'Normal',
    })
    lab.run(100_000)
    expect(lab.events(watch)[0]!.object).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'it works',
      regarding: { name: 'web' },
    })
    const found = lab.send('GET', '/apis/events.k8s.io/v1/events', undefined, { fieldSelector: 'regarding.name=web' })
    expect(found.body.items).toHaveLength(1)
  })
})

describe('what columns are for', () => {
  const told = describedBy({
    'meta/v1.ObjectMeta': { name: 'Must be unique.', creationTimestamp: 'When it was made.' },
    'core/v1.ConfigMap': { data: 'What is in it.' },
  })
  const textsOf = (lab: Lab, path: string): string[] =>
    ask(lab, path, TABLE).columnDefinitions.map(({ description }: { description: string }) => description)

  it('is what their fields are for, where somebody has that to hand', () => {
    const lab = new Lab(1, {}, readSchemas(builtInSchemas.data, told))
    lab.run(1_000_000)
    expect(textsOf(lab, '/api/v1/configmaps')).toEqual(['Must be unique.', 'What is in it.', 'When it was made.'])
    expect(textsOf(lab, PODS)[1]).toBe('The aggregate readiness state of this pod for accepting traffic.')
  })

  it('is not told elsewhere', () => {
    expect(textsOf(ready(), '/api/v1/configmaps')).toEqual(['', '', ''])
  })
})

it('a count is a number, whatever its column calls it; an Event that tells no time was seen nobody knows when', () => {
  const own = ready()
  own.send('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'two' }, data: { a: '1', b: '2' } })
  expect(ask(own, '/api/v1/namespaces/default/configmaps/two', TABLE).rows[0].cells[1]).toBe(2)
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'p' }
  own.send('POST', '/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject, reason: 'R', message: 'm', type: 'Normal' }) // prettier-ignore
  const { cells } = ask(own, '/api/v1/namespaces/default/events/e', TABLE).rows[0]
  expect([cells[0], cells[7], cells[8]]).toEqual(['<unknown>', '<unknown>', 1])
})
