import { describe, expect, it } from 'vitest'
import type { PersistentVolume, PersistentVolumeClaim } from '#cluster/api/storage-types.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { PlaneOptions } from '../kube-controller-manager/control-plane.test-world.ts'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'

const ZONE = 'topology.kubernetes.io/zone'
const zones = (...names: string[]): PlaneOptions['nodes'] => names.map((zone) => ({ labels: { [ZONE]: zone } }))
const inZone = (zone: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
})

const storageClass = (name: string, volumeBindingMode: string, provisioner = 'ebs.csi.aws.com', more: object = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode,
  ...more,
})
const claim = (name: string, storageClassName: string, size = '1Gi', spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } }, storageClassName, ...spec },
})
const volume = (name: string, storageClassName: string, size: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: size },
    accessModes: ['ReadWriteOnce'],
    storageClassName,
    hostPath: { path: `/${name}` },
    ...spec,
  },
})
const pod = (name: string, ...claims: string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'c', image: 'c' }],
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  },
})

const plane = (nodes: PlaneOptions['nodes'] = 3, more: PlaneOptions = {}): Plane =>
  new Plane({ nodes: nodes!, ...more }).seconds(3)
const placeOf = (it: Plane, name: string) => it.get<Pod>('pods', name)?.spec.nodeName
const whyNot = (it: Plane, name: string) =>
  it.get<Pod>('pods', name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message
const claimOf = (it: Plane, name: string) => it.get<PersistentVolumeClaim>('persistentvolumeclaims', name)!
const volumeOf = (it: Plane, name: string) => it.get<PersistentVolume>('persistentvolumes', name, undefined)!
const said = (it: Plane, reason: string) =>
  it.list('events').flatMap((event) => (event.reason === reason ? [event.message] : []))

describe('claims and volumes', () => {
  it('gives a claim the smallest volume that will do, both sides bound', () => {
    const it = plane()
    for (const [name, size] of [
      ['big', '10Gi'],
      ['small', '2Gi'],
      ['tiny', '512Mi'],
    ] as const)
      // prettier-ignore
      it.create(volume(name, 'manual', size))
    it.create(claim('data', 'manual'))
    it.until(() => claimOf(it, 'data').status?.phase === 'Bound')
    expect(claimOf(it, 'data')).toMatchObject({
      spec: { volumeName: 'small' },
      status: { capacity: { storage: '2Gi' } },
    })
    expect(volumeOf(it, 'small')).toMatchObject({ spec: { claimRef: { name: 'data' } }, status: { phase: 'Bound' } })
    expect(volumeOf(it, 'big').status?.phase).toBe('Available')
  })

  it('has a volume made at once where the class does not wait', () => {
    const it = plane()
    it.create(storageClass('fast', 'Immediate'))
    it.create(claim('data', 'fast'))
    it.until(() => claimOf(it, 'data').status?.phase === 'Bound')
    expect(volumeOf(it, claimOf(it, 'data').spec.volumeName!).spec.csi?.driver).toBe('ebs.csi.aws.com')
    expect(said(it, 'ExternalProvisioning')[0]).toContain("external provisioner 'ebs.csi.aws.com'")
  })

  it('releases the volume of a claim that is gone, and deletes it only where the policy says so', () => {
    const it = plane()
    it.create(volume('kept', 'manual', '1Gi'))
    it.create(claim('data', 'manual'))
    it.create(storageClass('fast', 'Immediate'))
    it.create(claim('fast-data', 'fast'))
    it.until(() => ['data', 'fast-data'].every((name) => claimOf(it, name)?.status?.phase === 'Bound'))
    const made = claimOf(it, 'fast-data').spec.volumeName!
    it.kubectl('delete pvc data fast-data')
    it.until(() => volumeOf(it, 'kept').status?.phase === 'Released')
    it.until(() => volumeOf(it, made) === undefined)
    // A released volume still names the claim it had, and is nobody else's.
    it.create(claim('again', 'manual'))
    it.seconds(5)
    expect(claimOf(it, 'again').status?.phase).toBe('Pending')
  })

  it('says why a claim waits', () => {
    const it = plane()
    it.create(claim('nothing', 'manual', '1Gi', { storageClassName: '' }))
    it.create(storageClass('local', 'Immediate', 'kubernetes.io/no-provisioner'))
    it.create(claim('by-hand', 'local'))
    it.create(claim('no-class', 'absent'))
    it.seconds(2)
    expect(said(it, 'FailedBinding')).toEqual(['no persistent volumes available for this claim and no storage class is set']) // prettier-ignore
    expect(said(it, 'ProvisioningFailed').sort()).toEqual([
      'no volume plugin matched name: kubernetes.io/no-provisioner',
      'storageclass.storage.k8s.io "absent" not found',
    ])
  })
})

describe('Pods and their volumes', () => {
  it('waits for a claim that does not wait for it', () => {
    const it = plane(3, { disabled: ['external-provisioner'] })
    it.create(pod('web', 'data'))
    it.seconds(1)
    expect(whyNot(it, 'web')).toMatch(/^0\/3 nodes are available: persistentvolumeclaim "data" not found\./)
    it.create(storageClass('fast', 'Immediate'))
    it.create(claim('data', 'fast'))
    it.seconds(3)
    expect(whyNot(it, 'web')).toMatch(/^0\/3 nodes are available: pod has unbound immediate PersistentVolumeClaims\./)
    it.create(volume('late', 'fast', '1Gi'))
    it.until(() => placeOf(it, 'web') !== undefined)
  })

  it('has the volume made where the Pod will be, and the next Pod follows it there', () => {
    const it = plane(zones('a', 'b', 'c'))
    it.create(storageClass('wait', 'WaitForFirstConsumer'))
    it.create(claim('data', 'wait'))
    it.seconds(3)
    expect(said(it, 'WaitForFirstConsumer')).toEqual(['waiting for first consumer to be created before binding'])
    it.create(pod('web', 'data'))
    it.until(() => placeOf(it, 'web') !== undefined)
    const place = placeOf(it, 'web')!
    const bound = claimOf(it, 'data')
    expect(bound.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/selected-node': place })
    const zone = { key: ZONE, operator: 'In', values: ['abc'['node-1 node-2 node-3'.split(' ').indexOf(place)]] }
    expect(volumeOf(it, bound.spec.volumeName!).spec.nodeAffinity?.required?.nodeSelectorTerms).toEqual([{ matchExpressions: [zone] }]) // prettier-ignore
    for (let i = 0; i < 3; i++) it.create(pod(`more-${i}`, 'data'))
    it.until(() => [0, 1, 2].every((i) => placeOf(it, `more-${i}`) === place))
  })

  it('keeps local volumes for the Pods that were promised them', () => {
    const it = plane(zones('a', 'a', 'b'))
    it.create(storageClass('local', 'WaitForFirstConsumer', 'kubernetes.io/no-provisioner'))
    it.create(volume('v-a', 'local', '1Gi', { nodeAffinity: inZone('a') }))
    it.create(volume('v-b', 'local', '1Gi', { nodeAffinity: inZone('b') }))
    it.seconds(1)
    for (const name of ['one', 'two', 'three']) it.create(claim(name, 'local'))
    for (const name of ['one', 'two', 'three']) it.create(pod(name, name))
    it.seconds(10)
    const bound = ['one', 'two', 'three'].filter((name) => placeOf(it, name) !== undefined)
    expect(bound).toHaveLength(2)
    expect(new Set(bound.map((name) => claimOf(it, name).spec.volumeName))).toEqual(new Set(['v-a', 'v-b']))
    for (const name of bound) {
      const isB = claimOf(it, name).spec.volumeName === 'v-b'
      expect(placeOf(it, name) === 'node-3').toBe(isB)
    }
    const left = ['one', 'two', 'three'].find((name) => !bound.includes(name))!
    expect(whyNot(it, left)).toMatch(/^0\/3 nodes are available: 3 node\(s\) didn't find available persistent volumes to bind\./) // prettier-ignore
    it.create(volume('v-c', 'local', '1Gi'))
    it.until(() => placeOf(it, left) !== undefined)
  })

  it('makes the claim of an ephemeral volume, and lets one Pod alone use ReadWriteOncePod', () => {
    const it = plane()
    it.create(storageClass('wait', 'WaitForFirstConsumer'))
    const template = claim('x', 'wait').spec
    it.create({
      ...pod('temp'),
      spec: {
        containers: [{ name: 'c', image: 'c' }],
        volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: template } } }],
      },
    })
    it.until(() => placeOf(it, 'temp') !== undefined)
    expect(claimOf(it, 'temp-scratch').metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Pod', name: 'temp' })
    it.create(claim('mine', 'wait', '1Gi', { accessModes: ['ReadWriteOncePod'] }))
    it.create(pod('first', 'mine'))
    it.until(() => placeOf(it, 'first') !== undefined)
    it.create(pod('second', 'mine'))
    it.seconds(2)
    expect(whyNot(it, 'second')).toContain(
      '3 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    )
    it.kubectl('delete pod first --wait=false')
    it.until(() => placeOf(it, 'second') !== undefined)
  })

  it('gives up a binding whose volume nobody makes, and goes on trying', () => {
    const pluginConfig = [{ name: 'VolumeBinding', args: { bindTimeoutSeconds: 5 } }]
    const config = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [{ pluginConfig }],
    }
    const it = plane(1, { disabled: ['external-provisioner'], scheduler: { config } })
    it.create(storageClass('wait', 'WaitForFirstConsumer'))
    it.create(claim('data', 'wait'))
    it.create(pod('web', 'data'))
    it.until(() => whyNot(it, 'web') !== undefined, 20)
    expect(whyNot(it, 'web')).toBe('binding volumes: context deadline exceeded')
    expect(placeOf(it, 'web')).toBeUndefined()
    it.create({ ...volume('by-hand', 'wait', '1Gi'), spec: { ...volume('x', 'wait', '1Gi').spec, claimRef: { namespace: 'default', name: 'data' } } }) // prettier-ignore
    it.until(() => placeOf(it, 'web') === 'node-1', 60)
  })
})
