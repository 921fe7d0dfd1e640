/** Where a volume's data comes from, in the words in which a genuine kube-apiserver refused it. */
import { describe, expect, it } from 'vitest'
import { resourceNamed } from '#cluster/api/resources.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab, pod, PODS } from '../lab.ts'
import { strategyOf } from '../registry/registry.ts'
import { validateVolumes } from './volumes.ts'
import type { FieldError } from '../status.ts'

const shown = (errors: readonly FieldError[]): string[] => errors.map(({ field, message }) => `${field}: ${message}`)

function ofPod(source: object): readonly string[] {
  const errors: FieldError[] = []
  validateVolumes([{ name: 'v', ...source }], 'spec.volumes', errors)
  return shown(errors).map((text) => text.replace('spec.volumes[0].', ''))
}

const whole = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain' }
const ofVolume = (source: object): readonly string[] =>
  shown(strategyOf(resourceNamed('persistentvolumes')).validate!({ metadata: { name: 'pv' }, spec: { ...whole, ...source } } as never)).map((text) => text.replace('spec.', '')) // prettier-ignore

const NONE = 'Required value'
const RANGE = 'must be between 1 and 255, inclusive'
const PAIRS = 'must be a host:port pair or multiple pairs separated by commas'
const BLOB = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

describe('a source that says too little', () => {
  it.each<[object, readonly string[]]>([
    [{ gcePersistentDisk: { partition: 256 } }, [`persistentDisk.pdName: ${NONE}`, `persistentDisk.partition: Invalid value: 256: ${RANGE}`]], // prettier-ignore
    [{ awsElasticBlockStore: { volumeID: 'v', partition: -1 } }, [`awsElasticBlockStore.partition: Invalid value: -1: ${RANGE}`]], // prettier-ignore
    [{ nfs: { path: 'p' } }, [`nfs.server: ${NONE}`, 'nfs.path: Invalid value: "p": must be an absolute path']],
    [{ flocker: {} }, ['flocker: Required value: one of datasetName and datasetUUID is required']],
    [{ flocker: { datasetName: 'a/b', datasetUUID: 'u' } }, ['flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously', 'flocker.datasetName: Invalid value: "a/b": must not contain \'/\'']], // prettier-ignore
    [{ rbd: { monitors: [] } }, [`rbd.monitors: ${NONE}`, `rbd.image: ${NONE}`]],
    [{ cephfs: {} }, [`cephfs.monitors: ${NONE}`]],
    [{ quobyte: {} }, [`quobyte.registry: Required value: ${PAIRS}`, `quobyte.volume: ${NONE}`]],
    [{ quobyte: { registry: 'a:1,b', volume: 'v' } }, [`quobyte.registry: Invalid value: "a:1,b": ${PAIRS}`]],
    [{ fc: {} }, ['fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both']],
    [{ fc: { targetWWNs: ['a'] } }, ['fc.lun: Required value: lun is required if targetWWNs is specified']],
    [{ fc: { targetWWNs: ['a'], lun: 256 } }, ['fc.lun: Invalid value: 256: must be between 0 and 255, inclusive']],
    [{ flexVolume: { options: { 'A.K8s.io/b': '' } } }, [`flexVolume.driver: ${NONE}`, 'flexVolume.options[A.K8s.io/b]: Invalid value: "A.K8s.io/b": kubernetes.io and k8s.io namespaces are reserved']], // prettier-ignore
    [{ vsphereVolume: {} }, [`vsphereVolume.volumePath: ${NONE}`]],
    [{ photonPersistentDisk: {} }, [`photonPersistentDisk.pdID: ${NONE}`]],
    [{ portworxVolume: {} }, [`portworxVolume.volumeID: ${NONE}`]],
    [{ azureDisk: { diskName: 'd' } }, [`azureDisk.diskURI: ${NONE}`, `azureDisk.diskURI: Unsupported value: "": supported values: "${BLOB}"`]], // prettier-ignore
    [{ azureDisk: { diskName: 'd', diskURI: '/subscriptions/s', kind: 'Managed', cachingMode: '' } }, ['azureDisk.cachingMode: Unsupported value: "": supported values: "None", "ReadOnly", "ReadWrite"']], // prettier-ignore
    [{ scaleIO: { gateway: 'g' } }, [`scaleIO.system: ${NONE}`, `scaleIO.volumeName: ${NONE}`]],
    [{ iscsi: { chapAuthSession: true } }, [`iscsi.targetPortal: ${NONE}`, `iscsi.iqn: ${NONE}`, `iscsi.secretRef: ${NONE}`]], // prettier-ignore
    [{ iscsi: { targetPortal: 't', iqn: 'iqn.2020-1', lun: 300 } }, ['iscsi.iqn: Invalid value: "iqn.2020-1": must be valid format', 'iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive']], // prettier-ignore
    [{ iscsi: { targetPortal: 't', iqn: 'iqn.2020-01.com.example:a', lun: 1 } }, []],
  ])('%j: in a Pod and in a PersistentVolume alike', (source, causes) => {
    expect(ofPod(source)).toEqual(causes)
    expect(ofVolume(source)).toEqual(causes)
  })

  it.each<[object, readonly string[], readonly string[]]>([
    [{ cinder: { volumeID: 'v', secretRef: {} } }, [`cinder.secretRef.name: ${NONE}`], [`cinder.secretRef.name: ${NONE}`, `cinder.secretRef.namespace: ${NONE}`]], // prettier-ignore
    [{ storageos: { secretRef: { name: 's' } } }, [`storageos.volumeName: ${NONE}`], [`storageos.volumeName: ${NONE}`, `storageos.secretRef.namespace: ${NONE}`]], // prettier-ignore
    [{ azureFile: { secretName: 's', secretNamespace: '' } }, [`azureFile.shareName: ${NONE}`], [`azureFile.shareName: ${NONE}`, `azureFile.secretNamespace: ${NONE}`]], // prettier-ignore
    [{ glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: '' } }, [], ['glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name']], // prettier-ignore
    [{ iscsi: { targetPortal: 't', iqn: 'x' } }, ['iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa'], ['iscsi.iqn: Invalid value: "x": must be valid format']], // prettier-ignore
    [{ csi: { driver: 'd', volumeHandle: 'h', nodePublishSecretRef: {} } }, [`csi.nodePublishSecretRef.name: ${NONE}`], [`csi.nodePublishSecretRef.name: ${NONE}`, `csi.nodePublishSecretRef.namespace: ${NONE}`]], // prettier-ignore
  ])('%j: a PersistentVolume also says in which namespace its secret is', (source, inPod, inVolume) => {
    expect(ofPod(source)).toEqual(inPod)
    expect(ofVolume(source)).toEqual(inVolume)
  })
})

describe('of two sources', () => {
  it('the later one is told of, by the name that upstream has for it there', () => {
    const second = (name: string) => `${name}: Forbidden: may not specify more than 1 volume type`
    expect(ofPod({ emptyDir: {}, cephfs: {}, downwardAPI: {} })).toEqual([second('cephFS'), second('downwarAPI')])
    expect(ofVolume({ hostPath: { path: '/a' }, csi: {} })).toEqual([second('csi')])
  })

  it('a PersistentVolume’s flexVolume is looked at whatever there is beside it', () => {
    expect(ofVolume({ hostPath: { path: '/a' }, flexVolume: { driver: 'd' } })).toEqual([])
    expect(ofVolume({ hostPath: { path: '/a' }, flexVolume: {} })).toEqual([`flexVolume.driver: ${NONE}`])
  })
})

describe('what a source is taken to say', () => {
  it('is told, in a Pod and in a PersistentVolume', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const rbd = { monitors: ['m'], image: 'i' }
    const all = { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }
    const made = lab.send('POST', PODS, pod('a', {}, { volumes: [{ name: 'r', rbd }] })).body
    expect(made.spec.volumes[0].rbd).toEqual({ ...rbd, ...all })
    const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'a' }, spec: { ...whole, hostPath: { path: '/a' } } } // prettier-ignore
    expect(lab.send('POST', '/api/v1/persistentvolumes', volume).body.spec.hostPath).toEqual({ path: '/a', type: '' })
  })
})

describe('a claim', () => {
  const lab = new Lab(1, {}, builtInSchemas)
  const path = '/api/v1/namespaces/default/persistentvolumeclaims'
  const claim = (spec: object) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { generateName: 'c-' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } }) // prettier-ignore

  it('says in two fields where its data comes from, whichever of them it was given', () => {
    const old = { kind: 'PersistentVolumeClaim', name: 'o' }
    const both = { dataSource: { ...old, apiGroup: null }, dataSourceRef: { ...old, apiGroup: null } }
    expect(lab.send('POST', path, claim({ dataSource: old })).body.spec).toMatchObject(both)
    expect(lab.send('POST', path, claim({ dataSourceRef: old })).body.spec).toMatchObject(both)
    const other = lab.send('POST', path, claim({ dataSource: { apiGroup: 'a.b', kind: 'K', name: 'o' } })).body.spec
    expect(other).not.toHaveProperty('dataSource')
  })

  it('of a Pod’s volume is looked at, and of its metadata only labels and annotations are anybody’s', () => {
    const at = 'ephemeral.volumeClaimTemplate'
    expect(ofPod({ ephemeral: { volumeClaimTemplate: { metadata: { name: 'n' }, spec: {} } } })).toEqual([
      `${at}.metadata.Name: Forbidden: cannot be set`,
      `${at}.spec.accessModes: Required value: at least 1 access mode is required`,
      `${at}.spec.resources[storage]: ${NONE}`,
    ])
  })
})
