/** What the plugins make of a write, and what they say of one that may not be. */
import { describe, expect, it } from 'vitest'
import type { UserInfo } from '#cluster/api/http.ts'
import { ELLA, MASTER } from '#cluster/api/signing-requests.test-data.ts'
import { Lab, pod, PODS, requestOf, type Reply } from '../lab.ts'
import { DEFAULT_ADMISSION_PLUGINS } from './admission.ts'

const API = '/api/v1/namespaces/default'
const account = (name = 'default', more: object = {}) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...more }) // prettier-ignore

function newLab({ accounts = true } = {}): Lab {
  const lab = new Lab(1, { admissionPlugins: DEFAULT_ADMISSION_PLUGINS })
  lab.run(1_000_000)
  if (accounts) lab.send('POST', `${API}/serviceaccounts`, account())
  lab.run(100_000)
  return lab
}

/** Writes, and waits until the caches know. */
function put(lab: Lab, path: string, body: object): Reply {
  const reply = lab.send('POST', path, body)
  lab.run(100_000)
  return reply
}

const limitRange = (...limits: object[]) => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'bounds' }, spec: { limits } }) // prettier-ignore

const withResources = (resources: object) => pod('p', {}, { containers: [{ name: 'app', image: 'app', resources }] })

describe('a Pod that is replaced by what it was made from', () => {
  it('keeps the tolerations and the priority that were given to it', () => {
    const lab = newLab()
    const made = put(lab, PODS, pod('p')).body
    const { tolerations, priority, preemptionPolicy, ...spec } = made.spec
    expect([tolerations.length, priority, preemptionPolicy]).toEqual([2, 0, 'PreemptLowerPriority'])
    const { status, body } = lab.send('PUT', `${PODS}/p`, { ...made, spec })
    expect([status, body.spec]).toEqual([200, made.spec])
  })
})

describe('LimitRanger', () => {
  it('gives what a container does not say, and writes down what', () => {
    const lab = newLab()
    put(lab, `${API}/limitranges`, limitRange({ type: 'Container', default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '100m' } })) // prettier-ignore
    const { body } = lab.send('POST', PODS, pod('p'))
    expect(body.spec.containers[0].resources).toEqual({
      limits: { cpu: '500m', memory: '256Mi' },
      requests: { cpu: '100m', memory: '256Mi' },
    })
    expect(body.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container app; cpu, memory limit for container app',
    })
    expect(body.status.qosClass).toBe('Burstable')
  })

  it.each([
    ['too little', { type: 'Container', min: { cpu: '0.2' } }, { requests: { cpu: '100m' } }, 'minimum cpu usage per Container is 200m, but request is 100m'],
    ['too much', { type: 'Container', max: { memory: '1Gi' } }, { limits: { memory: '2Gi' } }, 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    ['no bound at all', { type: 'Pod', max: { memory: '1Gi' } }, {}, 'maximum memory usage per Pod is 1Gi.  No limit is specified'],
    ['too wide', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, { requests: { cpu: '100m' }, limits: { cpu: '500m' } }, 'cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000'],
    ['all that is wrong', { type: 'Container', max: { cpu: '1', memory: '1Gi' } }, { limits: { cpu: '2', memory: '2Gi' } }, '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]'],
  ])('refuses %s', (_, limit, resources, why) => {
    const lab = newLab()
    put(lab, `${API}/limitranges`, limitRange(limit))
    const { status, body } = lab.send('POST', PODS, withResources(resources))
    expect([status, body.reason, body.message]).toEqual([403, 'Forbidden', `pods "p" is forbidden: ${why}`])
  }) // prettier-ignore

  it('holds claims to it too', () => {
    const lab = newLab()
    put(lab, `${API}/limitranges`, limitRange({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }))
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } }
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec }
    expect(lab.send('POST', `${API}/persistentvolumeclaims`, claim).body.message).toBe(
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
    )
  })
})

describe('ServiceAccount', () => {
  it('gives a Pod its account, and the volume with its token', () => {
    const { spec } = newLab().send('POST', PODS, pod('p')).body
    expect([spec.serviceAccountName, spec.serviceAccount]).toEqual(['default', 'default'])
    const [volume] = spec.volumes
    expect(volume.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(volume.projected.sources.map((source: object) => Object.keys(source)[0])).toEqual(['serviceAccountToken', 'configMap', 'downwardAPI']) // prettier-ignore
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: volume.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
  })

  it('mounts nothing where the account or the Pod says so', () => {
    const lab = newLab()
    put(lab, `${API}/serviceaccounts`, account('bare', { automountServiceAccountToken: false }))
    expect(lab.send('POST', PODS, pod('a', {}, { serviceAccountName: 'bare' })).body.spec.volumes).toBe(undefined)
    expect(lab.send('POST', PODS, pod('b', {}, { automountServiceAccountToken: false })).body.spec.volumes).toBe(undefined) // prettier-ignore
  })

  it('refuses an account that is not there', () => {
    const { status, body } = newLab().send('POST', PODS, pod('p', {}, { serviceAccountName: 'robot' }))
    expect([status, body.message]).toEqual([
      403,
      'pods "p" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
    ])
  })

  it('waits a little for the account of a namespace that is new', () => {
    const lab = newLab({ accounts: false })
    const early = lab.start(requestOf('POST', PODS, pod('early')))
    lab.run(400_000)
    expect(lab.replyTo(early)).toBe(undefined)
    lab.send('POST', `${API}/serviceaccounts`, account())
    lab.run(300_000)
    expect(lab.replyTo(early)?.status).toBe(201)
    const other = new Lab(2, { admissionPlugins: DEFAULT_ADMISSION_PLUGINS })
    expect(other.send('POST', PODS, pod('never')).status).toBe(403)
  })
})

describe('Priority', () => {
  const priorityClass = (name: string, value: number, more: object = {}) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...more }) // prettier-ignore
  const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses'

  it('is the number of the class, or of the default one', () => {
    const lab = newLab()
    const of = (name: string, spec: object) => lab.send('POST', PODS, pod(name, {}, spec)).body.spec
    expect(of('none', {})).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
    expect(of('system', { priorityClassName: 'system-node-critical' }).priority).toBe(2_000_001_000)
    put(lab, CLASSES, priorityClass('usual', 100, { globalDefault: true, preemptionPolicy: 'Never' }))
    expect(of('default', {})).toMatchObject({ priority: 100, priorityClassName: 'usual', preemptionPolicy: 'Never' })
    expect(put(lab, CLASSES, priorityClass('another', 7, { globalDefault: true })).body.message).toContain(
      'PriorityClass usual is already marked as default. Only one default can exist',
    )
  })

  it.each([
    ['a class that is not there', { priorityClassName: 'high' }, 'no PriorityClass with name high was found'],
    ['a number of one’s own', { priority: 7 }, 'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name'],
  ])('refuses %s', (_, spec, why) => {
    expect(newLab().send('POST', PODS, pod('p', {}, spec)).body.message).toBe(`pods "p" is forbidden: ${why}`)
  }) // prettier-ignore
})

describe('the smaller plugins', () => {
  it('RuntimeClass adds what the sandbox costs, and where it runs', () => {
    const lab = newLab()
    const sandboxed = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'gvisor' }, handler: 'runsc', overhead: { podFixed: { cpu: '250m' } }, scheduling: { nodeSelector: { runtime: 'gvisor' } } } // prettier-ignore
    put(lab, '/apis/node.k8s.io/v1/runtimeclasses', sandboxed)
    expect(lab.send('POST', PODS, pod('p', {}, { runtimeClassName: 'gvisor' })).body.spec).toMatchObject({ overhead: { cpu: '250m' }, nodeSelector: { runtime: 'gvisor' } }) // prettier-ignore
    expect(lab.send('POST', PODS, pod('q', {}, { runtimeClassName: 'kata' })).body.message).toBe(
      'pods "q" is forbidden: pod rejected: RuntimeClass "kata" not found',
    )
  })

  it('a claim gets the newest default class and its finalizer, and grows only if the class lets it', () => {
    const lab = newLab()
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard', annotations }, provisioner: 'x' } // prettier-ignore
    put(lab, '/apis/storage.k8s.io/v1/storageclasses', storageClass)
    const claim = (storage: string) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }) // prettier-ignore
    const { body } = put(lab, `${API}/persistentvolumeclaims`, claim('1Gi'))
    expect(body.spec.storageClassName).toBe('standard')
    expect(body.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    const grow = () => lab.patch(`${API}/persistentvolumeclaims/c`, { spec: { resources: { requests: { storage: '2Gi' } } } }).body // prettier-ignore
    lab.patch(`${API}/persistentvolumeclaims/c/status`, { status: { phase: 'Bound' } })
    lab.run(100_000)
    expect(grow().message).toContain('only dynamically provisioned pvc can be resized')
  })

  it('an Ingress gets the default class', () => {
    const lab = newLab()
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' }
    put(lab, '/apis/networking.k8s.io/v1/ingressclasses', { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx', annotations }, spec: { controller: 'example.com/nginx' } }) // prettier-ignore
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' }, spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } } // prettier-ignore
    const { body } = lab.send('POST', '/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress)
    expect(body.spec.ingressClassName).toBe('nginx')
  })

  it('a certificate is approved by who may approve for its signer', () => {
    const lab = new Lab(1, { admissionPlugins: DEFAULT_ADMISSION_PLUGINS, authorizationMode: 'RBAC' })
    lab.run(1_000_000)
    const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
    const spec = { signerName: 'kubernetes.io/kube-apiserver-client', request: ELLA, usages: ['client auth'] }
    put(lab, REQUESTS, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'r' }, spec }) // prettier-ignore
    const RBAC = '/apis/rbac.authorization.k8s.io/v1'
    const give = (name: string, rules: object[]) => {
      put(lab, `${RBAC}/clusterroles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules }) // prettier-ignore
      put(lab, `${RBAC}/clusterrolebindings`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { kind: 'ClusterRole', name }, subjects: [{ kind: 'User', name: 'ana' }] }) // prettier-ignore
    }
    give('approval', [{ verbs: ['patch'], apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'] }]) // prettier-ignore
    const approve = (): Reply => {
      const patch = { status: { conditions: [{ type: 'Approved', status: 'True' }] } }
      const request = requestOf('PATCH', `${REQUESTS}/r/approval`, patch, undefined, 'application/merge-patch+json')
      const name = lab.start({ ...request, user: { name: 'ana', groups: [] } })
      lab.run(1_000_000)
      return lab.replyTo(name)!
    }
    expect(approve().body.message).toContain('user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"') // prettier-ignore
    give('signer', [{ verbs: ['approve'], apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['kubernetes.io/*'] }]) // prettier-ignore
    const { status, body } = approve()
    expect(status).toBe(200)
    expect(body.status.conditions[0]).toMatchObject({ lastUpdateTime: expect.any(String), lastTransitionTime: expect.any(String) }) // prettier-ignore
  })

  it('nobody gets a certificate that makes a master of the system', () => {
    const spec = { signerName: 'kubernetes.io/kube-apiserver-client', request: MASTER, usages: ['client auth'] }
    const asked = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'r' }, spec } // prettier-ignore
    const { status, body } = newLab().send('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', asked)
    expect([status, body.message]).toEqual([403, 'certificatesigningrequests.certificates.k8s.io "r" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed']) // prettier-ignore
  })

  it('a node is born with a taint', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }
    expect(newLab().send('POST', '/api/v1/nodes', node).body.spec.taints).toEqual([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ])
  })
})

describe('NodeRestriction', () => {
  const NODE_1: UserInfo = { name: 'system:node:node-1', groups: ['system:nodes'] }
  const as = (lab: Lab, user: UserInfo, method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Reply => {
    const request = requestOf(method, path, body, undefined, 'application/merge-patch+json')
    const name = lab.start({ ...request, user })
    lab.run(2_000_000)
    return lab.replyTo(name)!
  }

  it.each([
    ['another node', 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } }, 'nodes "node-2" is forbidden: node "node-1" is not allowed to modify node "node-2"'],
    ['a label that is not a kubelet’s', 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: { 'node-role.kubernetes.io/control-plane': '' } } }, 'nodes "node-1" is forbidden: node "node-1" is not allowed to set the following labels: node-role.kubernetes.io/control-plane'],
    ['a Pod that is no mirror', 'POST', PODS, pod('p'), 'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods'],
    ['a Pod elsewhere', 'DELETE', `${PODS}/there`, undefined, 'pods "there" is forbidden: node "node-1" can only delete pods with spec.nodeName set to itself'],
    ['the status of a Pod elsewhere', 'PATCH', `${PODS}/there/status`, { status: { phase: 'Failed' } }, 'pods "there" is forbidden: node "node-1" can only update pod status for pods with spec.nodeName set to itself'],
    ['the lease of another node', 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'node-2' }, spec: {} }, 'leases.coordination.k8s.io "node-2" is forbidden: can only access node lease with the same name as the requesting node'],
  ] as const)('keeps a kubelet from %s', (_, method, path, body, message) => {
    const lab = newLab()
    put(lab, PODS, pod('there', {}, { nodeName: 'node-2' }))
    expect(as(lab, NODE_1, method, path, body).body.message).toBe(message)
  }) // prettier-ignore

  it('lets it have its own', () => {
    const lab = newLab()
    put(lab, PODS, pod('here', {}, { nodeName: 'node-1' }))
    const labels = { 'kubernetes.io/hostname': 'node-1', colour: 'blue' }
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels } }
    expect(as(lab, NODE_1, 'POST', '/api/v1/nodes', node).status).toBe(201)
    expect(as(lab, NODE_1, 'PATCH', `${PODS}/here/status`, { status: { phase: 'Running' } }).status).toBe(200)
  })
})
