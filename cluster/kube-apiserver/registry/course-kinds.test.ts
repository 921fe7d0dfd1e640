import { describe, expect, it } from 'vitest'
import { pathOf } from '#cluster/api/resources.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab } from '../lab.ts'

const lab = new Lab(1, {}, builtInSchemas)
lab.run(1_000_000)

let count = 0
const create = (resource: string, content: object, name = `x${++count}`) =>
  lab.send('POST', pathOf(resource, 'default'), { metadata: { name }, ...content })
const update = (resource: string, object: any, change: object) =>
  lab.send('PUT', pathOf(resource, 'default', object.metadata.name), { ...object, ...change })

const containers = [{ name: 'app', image: 'app:1' }]
const template = { metadata: { labels: { app: 'x' } }, spec: { containers } }
const selector = { matchLabels: { app: 'x' } }
const once = { spec: { containers, restartPolicy: 'Never' } }
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } }
const target = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }
const backend = { service: { name: 'web', port: { number: 80 } } }

describe('what a client leaves out is filled in', () => {
  it.each<[string, object, object]>([
    ['statefulsets', { spec: { selector, template, serviceName: 'x' } }, { spec: { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } }, status: { replicas: 0 } }], // prettier-ignore
    ['daemonsets', { spec: { selector, template } }, { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, revisionHistoryLimit: 10 }, metadata: { generation: 1 } }], // prettier-ignore
    ['jobs', { spec: { template: once } }, { spec: { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false } }], // prettier-ignore
    ['cronjobs', { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: once } } } }, { spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 } }], // prettier-ignore
    ['horizontalpodautoscalers', { spec: { scaleTargetRef: target, maxReplicas: 3 } }, { spec: { minReplicas: 1, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80 } } }] } }], // prettier-ignore
    ['persistentvolumes', { spec: volume }, { spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }], // prettier-ignore
    ['persistentvolumeclaims', { spec: claim }, { spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
    ['storageclasses', { provisioner: 'example.com/disk' }, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }], // prettier-ignore
    ['csidrivers', { spec: {} }, { spec: { attachRequired: true, podInfoOnMount: false, volumeLifecycleModes: ['Persistent'] } }], // prettier-ignore
    ['priorityclasses', { value: 10 }, { preemptionPolicy: 'PreemptLowerPriority', value: 10 }],
    ['networkpolicies', { spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] } }, { spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] } }], // prettier-ignore
    ['limitranges', { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }, { spec: { limits: [{ default: { cpu: '2' }, defaultRequest: { cpu: '2' } }] } }], // prettier-ignore
    ['secrets', { stringData: { key: 'häuser' } }, { type: 'Opaque', data: { key: 'aMOkdXNlcg==' } }],
  ])('%s', (resource, content, filled) => {
    const { status, body } = create(resource, content)
    expect(status, body.message).toBe(201)
    expect(body).toMatchObject(filled)
  })

  it('is found by the fields that its kind can be selected by', () => {
    const { body } = create('secrets', { type: 'example.com/key' }, 'by-type')
    const found = (resource: string, fieldSelector: string) =>
      lab.send('GET', pathOf(resource, 'default'), undefined, { fieldSelector })
    expect(found('secrets', 'type=example.com/key').body.items[0].metadata.uid).toBe(body.metadata.uid)
    expect(found('jobs', 'status.successful=0').body.items).toHaveLength(1)
    expect(found('secrets', 'data=x')).toMatchObject({ status: 400, body: { message: 'field label not supported: data' } }) // prettier-ignore
  })

  it('a Job selects its own Pods', () => {
    const { body } = create('jobs', { spec: { template: once } })
    const { uid, name } = body.metadata
    expect(body.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': uid } })
    expect(body.spec.template.metadata.labels).toMatchObject({ 'job-name': name, 'controller-uid': uid })
  })
})

describe('what makes no sense is refused', () => {
  it.each<[string, object, string]>([
    ['statefulsets', { spec: { selector, template, serviceName: 'x', podManagementPolicy: 'Any' } }, "spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'"], // prettier-ignore
    ['daemonsets', { spec: { selector, template, updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } }, 'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0 when maxSurge is 0'], // prettier-ignore
    ['daemonsets', { spec: { selector: { matchLabels: { app: 'y' } }, template } }, '`selector` does not match template `labels`'], // prettier-ignore
    ['jobs', { spec: { template: { spec: { containers } } } }, 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'], // prettier-ignore
    ['jobs', { spec: { template: once, parallelism: -1 } }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'], // prettier-ignore
    ['jobs', { spec: { template: once, completionMode: 'Indexed' } }, 'spec.completions: Required value: when completion mode is Indexed'], // prettier-ignore
    ['cronjobs', { spec: { schedule: 'hourly', jobTemplate: { spec: { template: once } } } }, 'spec.schedule: Invalid value: "hourly": expected exactly 5 fields, found 1: [hourly]'], // prettier-ignore
    ['horizontalpodautoscalers', { spec: { scaleTargetRef: target, minReplicas: 5, maxReplicas: 3 } }, 'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'], // prettier-ignore
    ['poddisruptionbudgets', { spec: { minAvailable: 1, maxUnavailable: 1 } }, 'minAvailable and maxUnavailable cannot be both set'], // prettier-ignore
    ['poddisruptionbudgets', { spec: { minAvailable: '120%' } }, 'spec.minAvailable: Invalid value: "120%": must not be greater than 100%'], // prettier-ignore
    ['priorityclasses', { value: 2_000_000_000 }, 'value: Forbidden: maximum allowed value of a user defined priority is 1000000000'], // prettier-ignore
    ['resourcequotas', { spec: { hard: { pods: '-1' } } }, 'must be greater than or equal to 0'],
    ['limitranges', { spec: { limits: [{ type: 'Container', min: { cpu: '3' }, max: { cpu: '2' } }] } }, 'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 2'], // prettier-ignore
    ['limitranges', { spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }] } }, 'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'], // prettier-ignore
    ['limitranges', { spec: { limits: [{ type: 'Container', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }] } }, 'ratio 3 is greater than max/min = 2.000000'], // prettier-ignore
    ['persistentvolumes', { spec: { ...volume, nfs: { server: 's', path: '/' } } }, 'may not specify more than 1 volume type'], // prettier-ignore
    ['persistentvolumes', { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] } }, 'spec: Required value: must specify a volume type'], // prettier-ignore
    ['persistentvolumeclaims', { spec: { accessModes: ['ReadWriteOnce'] } }, 'spec.resources[storage]: Required value'],
    ['persistentvolumeclaims', { spec: { ...claim, accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] } }, 'may not use ReadWriteOncePod with other access modes'], // prettier-ignore
    ['storageclasses', { provisioner: '' }, 'provisioner: Required value'],
    ['csinodes', { spec: { drivers: [{ name: 'a', nodeID: '1' }, { name: 'a', nodeID: '2' }] } }, 'spec.drivers[1].name: Duplicate value: "a"'], // prettier-ignore
    ['volumeattachments', { spec: { attacher: 'a', nodeName: 'n', source: {} } }, 'spec.source: Required value'],
    ['ingresses', { spec: {} }, 'either `defaultBackend` or `rules` must be specified'],
    ['ingresses', { spec: { rules: [{ http: { paths: [{ path: 'x', pathType: 'Prefix', backend }] } }] } }, 'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'], // prettier-ignore
    ['networkpolicies', { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/99' } }] }] } }, 'must be a valid CIDR value'], // prettier-ignore
    ['networkpolicies', { spec: { podSelector: {}, ingress: [{ from: [{}] }] } }, 'spec.ingress[0].from[0]: Required value: must specify a peer'], // prettier-ignore
    ['secrets', { type: 'kubernetes.io/tls', data: {} }, 'data[tls.crt]: Required value'],
    ['configmaps', { data: { 'a b': 'x' } }, 'data[a b]: Invalid value: "a b": a valid config key must'],
  ])('%s: %j', (resource, content, text) => {
    const { status, body } = create(resource, content)
    expect(status, JSON.stringify(body)).toBe(422)
    expect(body.message).toContain(text)
  })
})

describe('what may not change does not', () => {
  it.each<[string, object, object, string]>([
    ['statefulsets', { spec: { selector, template, serviceName: 'x' } }, { serviceName: 'y' }, "updates to statefulset spec for fields other than 'replicas'"], // prettier-ignore
    ['daemonsets', { spec: { selector, template } }, { selector: { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'app', operator: 'Exists' }] } }, 'spec.selector: Invalid value'], // prettier-ignore
    ['jobs', { spec: { template: once } }, { completions: 5 }, 'spec.completions: Invalid value: 5: field is immutable'], // prettier-ignore
    ['persistentvolumes', { spec: volume }, { hostPath: { path: '/other' } }, 'spec.persistentvolumesource is immutable after creation'], // prettier-ignore
    ['persistentvolumeclaims', { spec: claim }, { accessModes: ['ReadWriteMany'] }, 'spec is immutable after creation'],
  ])('%s', (resource, content, change, text) => {
    const { body } = create(resource, content)
    const answer = update(resource, body, { spec: { ...body.spec, ...change } })
    expect(answer.status).toBe(422)
    expect(answer.body.message).toContain(text)
  })

  it('a value that is a priority, a class of storage, an immutable ConfigMap', () => {
    const high = create('priorityclasses', { value: 1 }).body
    expect(update('priorityclasses', high, { value: 2 }).body.message).toContain('may not be changed in an update.')
    const disk = create('storageclasses', { provisioner: 'a' }).body
    expect(update('storageclasses', disk, { provisioner: 'b' }).body.message).toContain('updates to provisioner are forbidden.') // prettier-ignore
    const map = create('configmaps', { data: { a: '1' }, immutable: true }).body
    expect(update('configmaps', map, { data: { a: '2' } }).body.message).toContain('data: Forbidden: field is immutable when `immutable` is set') // prettier-ignore
    expect(update('configmaps', map, { immutable: false }).status).toBe(422)
  })

  it('but a StatefulSet may be scaled, and a claim be bound', () => {
    const set = create('statefulsets', { spec: { selector, template, serviceName: 'x' } }).body
    expect(update('statefulsets', set, { spec: { ...set.spec, replicas: 3 } }).body.metadata.generation).toBe(2)
    const own = create('persistentvolumeclaims', { spec: claim }).body
    expect(update('persistentvolumeclaims', own, { spec: { ...own.spec, volumeName: 'pv-1' } }).status).toBe(200)
  })
})
