/** What may not be created, whole and in order, in the words of a genuine server: requests with several things wrong at once. */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { CONFIG_MAPS, Lab, pod, PODS } from '../lab.ts'

const IN = '/api/v1/namespaces/default'
const VOLUMES = '/api/v1/persistentvolumes'
const JOBS = '/apis/batch/v1/namespaces/default/jobs'
const SETS = '/apis/apps/v1/namespaces/default/statefulsets'
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

const lab = new Lab(1, {}, builtInSchemas)

/** `field: message` of each cause. */
function causesOf(path: string, object: object): readonly string[] {
  const { status, body } = lab.send('POST', path, object, { dryRun: 'All' })
  expect([status, body.message]).toEqual([422, expect.any(String)])
  return body.details.causes.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`)
}

const podWith = (volumes: object, metadata: object = {}) => {
  const plain = pod('a')
  return { ...plain, metadata: { ...plain.metadata, ...metadata }, spec: { ...plain.spec, volumes } }
}
const volumeOf = (spec: object) => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec } }) // prettier-ignore

describe('a volume of a vendor must say what it is', () => {
  it.each<[string, object, readonly string[]]>([
    ['gcePersistentDisk', { partition: 300 }, ['persistentDisk.pdName: Required value', 'persistentDisk.partition: Invalid value: 300: must be between 1 and 255, inclusive']],
    ['awsElasticBlockStore', {}, ['awsElasticBlockStore.volumeID: Required value']],
    ['iscsi', {}, ['iscsi.targetPortal: Required value', 'iscsi.iqn: Required value']],
    ['iscsi', { targetPortal: 'a', iqn: 'x', lun: 300 }, ['iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa', 'iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive']],
    ['glusterfs', {}, ['glusterfs.endpoints: Required value', 'glusterfs.path: Required value']],
    ['flocker', {}, ['flocker: Required value: one of datasetName and datasetUUID is required']],
    ['flocker', { datasetName: 'a/b', datasetUUID: 'c' }, ['flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously', 'flocker.datasetName: Invalid value: "a/b": must not contain \'/\'']],
    ['rbd', {}, ['rbd.monitors: Required value', 'rbd.image: Required value']],
    ['cinder', { secretRef: {} }, ['cinder.volumeID: Required value', 'cinder.secretRef.name: Required value']],
    ['cephfs', {}, ['cephfs.monitors: Required value']],
    ['quobyte', {}, ['quobyte.registry: Required value: must be a host:port pair or multiple pairs separated by commas', 'quobyte.volume: Required value']],
    ['fc', {}, ['fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both']],
    ['fc', { targetWWNs: ['a'], lun: 300 }, ['fc.lun: Invalid value: 300: must be between 0 and 255, inclusive']],
    ['flexVolume', {}, ['flexVolume.driver: Required value']],
    ['azureFile', {}, ['azureFile.secretName: Required value', 'azureFile.shareName: Required value']],
    ['azureDisk', {}, ['azureDisk.diskName: Required value', 'azureDisk.diskURI: Required value', 'azureDisk.diskURI: Unsupported value: "": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"']],
    ['vsphereVolume', {}, ['vsphereVolume.volumePath: Required value']],
    ['photonPersistentDisk', {}, ['photonPersistentDisk.pdID: Required value']],
    ['portworxVolume', {}, ['portworxVolume.volumeID: Required value']],
    ['scaleIO', {}, ['scaleIO.gateway: Required value', 'scaleIO.system: Required value', 'scaleIO.volumeName: Required value']],
    ['storageos', {}, ['storageos.volumeName: Required value']],
    ['csi', { driver: 'Bad_', nodePublishSecretRef: {} }, [`csi.driver: Invalid value: "Bad_": ${SUBDOMAIN}`, 'csi.nodePublishSecretRef.name: Required value']],
    ['csi', {}, ['csi.driver: Required value', `csi.driver: Invalid value: "": ${SUBDOMAIN}`]],
  ])('%s in a Pod: %j', (kind, source, causes) => {
    expect(causesOf(PODS, podWith([{ name: 'v', [kind]: source }]))).toEqual(causes.map((text) => `spec.volumes[0].${text}`)) // prettier-ignore
  }) // prettier-ignore

  it.each<[object, readonly string[]]>([
    [{ rbd: {} }, ['spec.rbd.monitors: Required value', 'spec.rbd.image: Required value']],
    [{ cinder: { volumeID: 'a', secretRef: {} } }, ['spec.cinder.secretRef.name: Required value', 'spec.cinder.secretRef.namespace: Required value']],
    [{ csi: { driver: 'a.b', volumeHandle: 'h', controllerPublishSecretRef: {} } }, ['spec.csi.controllerPublishSecretRef.name: Required value', 'spec.csi.controllerPublishSecretRef.namespace: Required value']],
    [{ awsElasticBlockStore: {}, gcePersistentDisk: {} }, ['spec.persistentDisk.pdName: Required value', 'spec.awsElasticBlockStore: Forbidden: may not specify more than 1 volume type']],
    [{ hostPath: { path: '/a' }, capacity: { storage: '-1' } }, ['spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity', 'spec.capacity[storage]: Invalid value: "-1": must be greater than zero']],
  ])('a PersistentVolume %j', (spec, causes) => {
    expect(causesOf(VOLUMES, volumeOf(spec))).toEqual(causes)
  }) // prettier-ignore
})

describe('metadata that is refused', () => {
  const ref = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: name, ...more })
  const two = [ref('a', { controller: true }), ref('b', { controller: true, apiVersion: 'a/b/c' })]
  it.each<[string, object, readonly string[]]>([
    ['a mirror of no node', { annotations: { 'kubernetes.io/config.mirror': 'x' } }, ['metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set']],
    ['the cost of a deletion', { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '01' } }, ['metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "01": must be a 32bit integer']],
    ['old profiles', { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'bad', 'container.apparmor.security.beta.kubernetes.io/nope': 'bad' } }, ['metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "bad": must be a valid seccomp profile', 'metadata.annotations[container.apparmor.security.beta.kubernetes.io/nope]: Invalid value: "nope": container not found', 'metadata.annotations[container.apparmor.security.beta.kubernetes.io/nope]: Invalid value: "bad": invalid AppArmor profile name: "bad"']],
    ['finalizers', { finalizers: ['x', 'Bad!'] }, [`metadata.finalizers: Invalid value: "Bad!": ${QUALIFIED}`, ...['x', 'Bad!'].map((name, i) => `metadata.finalizers[${i}]: Invalid value: "${name}": name is neither a standard finalizer name nor is it fully qualified`)]],
    ['owners', { ownerReferences: two }, ['metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty', `metadata.ownerReferences: Invalid value: ${JSON.stringify(two)}: Only one reference can have Controller set to true. Found "true" in references for a and b`]],
  ])('%s', (_, metadata, causes) => {
    expect(causesOf(PODS, podWith([], metadata))).toEqual(causes)
  }) // prettier-ignore
})

describe('a workload that is refused', () => {
  const template = (labels?: object) => ({ metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } }) // prettier-ignore
  const job = (spec: object) => causesOf(JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec })

  it('a Job whose labels are not what the server would choose', () => {
    const [uid, name, ...rest] = job({ template: template({ 'controller-uid': 'x', 'job-name': 'y' }) })
    const shown = `{"controller-uid":"x","job-name":"y",`
    expect(uid).toContain(`spec.template.metadata.labels[controller-uid]: Invalid value: ${shown}`)
    expect(name).toContain(`spec.template.metadata.labels[job-name]: Invalid value: ${shown}`)
    expect(name).toContain("must be 'j'")
    expect(rest).toEqual([])
  })

  it('a Job without a selector that it wants to choose itself', () => {
    const fields = job({ manualSelector: true, template: template() }).map((text) => text.split(':')[0])
    expect(fields).toEqual(['spec.selector', 'spec.template.metadata.labels'])
  })

  it('a Job of nothing is told of its template alone', () => {
    expect(job({})).toEqual([
      'spec.template.spec.containers: Required value',
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ])
  })

  it('a StatefulSet that rolls, and does not', () => {
    const labels = { app: 'a' }
    const spec = { serviceName: 's', selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } } } // prettier-ignore
    const updateStrategy = { type: 'OnDelete', rollingUpdate: { partition: 1 } }
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec: { ...spec, updateStrategy } } // prettier-ignore
    expect(causesOf(SETS, set)).toEqual(['spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'']) // prettier-ignore
  })
})

it('keys of a ConfigMap are told of one after the other, and its size without a field', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } }
  const twice = causesOf(CONFIG_MAPS, { ...map, data: { 'a b': '', '..': '' }, binaryData: { 'a b': '' } })
  expect(twice.map((text) => text.split(': ')[0])).toEqual(['data[a b]', 'data[a b]', 'data[..]', 'binaryData[a b]'])
  const big = causesOf(CONFIG_MAPS, { ...map, data: { a: 'x'.repeat(1_048_577) } })
  expect(big).toEqual(['[]: Too long: may not be more than 1048576 bytes'])
})

it('limits are held against each other, in order', () => {
  const limit = { type: 'Container', max: { cpu: '1' }, min: { cpu: '2' }, default: { cpu: '3' }, defaultRequest: { cpu: '4' } } // prettier-ignore
  const object = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: [limit] } }
  expect(causesOf(`${IN}/limitranges`, object)).toEqual([
    'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than max value 1',
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than default limit value 3',
    'spec.limits[0].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1',
  ])
})

it.each<[string, object, readonly string[]]>([
  [
    `${IN}/resourcequotas`,
    { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: '1', services: '1', 'count/x.y': '1' }, scopes: ['BestEffort'], scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } } },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource', 'spec.scopeSelector.matchExpressions: Invalid value: {"matchExpressions":[{"scopeName":"PriorityClass","operator":"Exists"}]}: unsupported scope applied to resource'],
  ],
  [
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'system-x' }, value: 1, preemptionPolicy: 'X' },
    ["metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class", 'preemptionPolicy: Unsupported value: "X": supported values: "PreemptLowerPriority", "Never"'],
  ],
  [
    '/apis/storage.k8s.io/v1/storageclasses',
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'a.io/b', parameters: { '': 'x' } },
    ['parameters: Invalid value: "": field can not be empty.'],
  ],
  [
    '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers',
    { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', spec: { minReplicas: 0, maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'd' } } },
    ['spec.minReplicas: Invalid value: 0: must be greater than or equal to 1', 'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas'],
  ],
  [
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', webhooks: [{ name: 'a.b.io', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { service: { name: '', namespace: '' } } }] },
    ['webhooks[0].clientConfig.service.name: Required value: service name is required', 'webhooks[0].clientConfig.service.namespace: Required value: service namespace is required'],
  ],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'foos.a.io' }, spec: { group: 'a.io', scope: 'Namespaced', names: { plural: 'foos', kind: 'Foo' }, versions: [{ name: 'v1', served: true, storage: true, subresources: { scale: { specReplicasPath: 'x', statusReplicasPath: '.status.y' } }, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': false } } }] } },
    ['spec.validation.openAPIV3Schema.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined', 'spec.subresources.scale.specReplicasPath: Invalid value: "x": must be a simple json path starting with .'],
  ],
])('of %s, %j', (path, object, causes) => {
  expect(causesOf(path, { metadata: { name: 'a' }, ...object })).toEqual(causes)
}) // prettier-ignore

it('what is wrong twice is shown once, and is two causes', () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['X', 'X'], resources: { requests: { storage: '1' } } } } // prettier-ignore
  const { body } = lab.send('POST', `${IN}/persistentvolumeclaims`, claim)
  expect(body.message.match(/Unsupported value/g)).toHaveLength(1)
  expect(body.details.causes).toHaveLength(2)
})

it('a user of Windows has a name', () => {
  const plain = pod('a')
  const containers = [{ name: 'c', image: 'x', securityContext: { windowsOptions: { runAsUserName: '' } } }]
  expect(causesOf(PODS, { ...plain, spec: { ...plain.spec, containers } })).toEqual([
    'spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "": runAsUserName cannot be an empty string',
  ])
})
