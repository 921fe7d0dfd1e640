import { describe, expect, it } from 'vitest'
import type { Pod, Volume } from '#cluster/api/types.ts'
import type { CycleState, Handle, Plugin } from '../framework.ts'
import { podsOf } from '../pod-list.ts'
import { nodeVolumeLimits } from './node-volume-limits.ts'
import type { Stage } from './scene.test-world.ts'
import { filtered, pod, saidOf, scene, words } from './scene.test-world.ts'
import { volumeBinding } from './volume-binding.ts'
import { volumeRestrictions } from './volume-restrictions.ts'
import { volumeZone } from './volume-zone.ts'

/**
 * Objects in a word each. Claims: `data>v1` (bound to v1), `data:wait` (of class wait), with `!` (ReadWriteOncePod), `?` (being
 * deleted), `%` (lost), `+5` (asks for 5Gi), `*node` (that node is selected). Volumes: `v1@zone=1` (on nodes so labelled),
 * `v1:wait+5` (of a class, 5Gi, free), `v1#zone=1` (bears the label), `v1/csi.example` (of that driver). Claims are in `default`.
 */
function objectsFrom(claims: string, volumes: string, more: Record<string, object[]> = {}) {
  const list = (text: string) => text.split(' ').filter(Boolean)
  return {
    persistentvolumeclaims: list(claims).map(claimFrom),
    persistentvolumes: list(volumes).map(volumeFrom),
    storageclasses: [
      cls('now', 'Immediate', 'csi.example'),
      cls('wait', 'WaitForFirstConsumer', 'csi.example'),
      cls('local', 'WaitForFirstConsumer', 'kubernetes.io/no-provisioner'),
      cls('zoned', 'WaitForFirstConsumer', 'csi.example', [{ matchLabelExpressions: [{ key: ZONE, values: ['1'] }] }]),
      cls('counted', 'WaitForFirstConsumer', 'csi.counted'),
    ],
    csidrivers: [{ kind: 'CSIDriver', metadata: { name: 'csi.counted' }, spec: { storageCapacity: true } }],
    ...more,
  }
}

const ZONE = 'topology.kubernetes.io/zone'
const cls = (name: string, volumeBindingMode: string, provisioner: string, allowedTopologies?: object[]) => ({
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode,
  ...(allowedTopologies && { allowedTopologies }),
})

function claimFrom(word: string): object {
  const [, name, to, of, size, node, marks] =
    /^([a-z0-9-]+)(?:>(\w+))?(?::(\w*))?(?:\+(\d+))?(?:\*(\w+))?([!?%]*)$/.exec(word)!
  const annotations = {
    ...(to && !marks!.includes('%') && { 'pv.kubernetes.io/bind-completed': 'yes' }),
    ...(node && { 'volume.kubernetes.io/selected-node': node }),
  }
  return {
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'default',
      uid: `u-${name}`,
      annotations,
      ...(marks!.includes('?') && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: {
      accessModes: [marks!.includes('!') ? 'ReadWriteOncePod' : 'ReadWriteOnce'],
      resources: { requests: { storage: `${size ?? 1}Gi` } },
      ...(of !== undefined && { storageClassName: of }),
      ...(to && { volumeName: to }),
    },
    status: { phase: marks!.includes('%') ? 'Lost' : to ? 'Bound' : 'Pending' },
  }
}

function volumeFrom(word: string): object {
  const [, name, of, size, place, label, driver] =
    /^([a-z0-9]+)(?::(\w+))?(?:\+(\d+))?(?:@([\w=]+))?(?:#([\w=.]+))?(?:\/([\w.]+))?$/.exec(word)!
  const at = place?.split('=')
  const [, labelled] = label?.split('=') ?? []
  return {
    kind: 'PersistentVolume',
    metadata: { name, labels: labelled ? { [ZONE]: labelled } : {} },
    spec: {
      capacity: { storage: `${size ?? 1}Gi` },
      accessModes: ['ReadWriteOnce'],
      ...(of && { storageClassName: of }),
      ...(at && {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: at[0] === 'zone' ? ZONE : at[0]!, operator: 'In', values: [at[1]!] }] },
            ],
          },
        },
      }),
      ...(driver === 'ebs' ? { awsElasticBlockStore: { volumeID: name } } : driver ? { csi: { driver, volumeHandle: name } } : { hostPath: { path: '/' } }), // prettier-ignore
    },
    status: { phase: of ? 'Available' : 'Bound' },
  }
}

const uses = (...names: string[]): readonly Volume[] =>
  names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }))
const podWith = (...names: string[]): Pod => pod({ volumes: uses(...names) })
const NODES = 'a[zone=1,hostname=a] | b[zone=2,hostname=b] | c[hostname=c]'
const stage = (claims: string, volumes: string, more?: Record<string, object[]>, nodes = NODES): Stage =>
  scene(nodes, { objects: objectsFrom(claims, volumes, more), specs: SPECS })
const SPECS = Object.fromEntries(['d1', 'd2', 'd3', 'd4', 'data'].map((name) => [name, { volumes: uses(name) }]))

describe('VolumeBinding', () => {
  const plugin = volumeBinding()
  const CONFLICT = "!node(s) didn't match PersistentVolume's node affinity"
  const NONE = "!node(s) didn't find available persistent volumes to bind"

  it.each<[rule: string, uses: string[], claims: string, volumes: string, passing: string]>([
    ['no volumes, no say', [], '', '', 'skip'],
    ['a claim that is not there', ['data'], '', '', '!persistentvolumeclaim "data" not found'],
    ['a claim that is being deleted', ['data'], 'data>v1?', 'v1', '!persistentvolumeclaim "data" is being deleted'],
    [
      'a claim that has lost its volume',
      ['data'],
      'data>v1%',
      '',
      '!persistentvolumeclaim "data" bound to non-existent persistentvolume "v1"',
    ],
    ['a bound claim, usable everywhere', ['data'], 'data>v1', 'v1', 'a b c'],
    ['a bound claim, usable in one zone', ['data'], 'data>v1', 'v1@zone=1', 'a'],
    ['usable where there is nothing', ['data'], 'data>v1', 'v1@zone=9', ''],
    ['two claims, each in its zone', ['d1', 'd2'], 'd1>v1 d2>v2', 'v1@zone=1 v2@zone=2', ''],
    ['two claims, in one zone', ['d1', 'd2'], 'd1>v1 d2>v2', 'v1@zone=1 v2@zone=1', 'a'],
    [
      'a claim whose class does not wait',
      ['data'],
      'data:now',
      '',
      '!pod has unbound immediate PersistentVolumeClaims',
    ],
    ['a claim without a class', ['data'], 'data:', '', '!pod has unbound immediate PersistentVolumeClaims'],
    [
      'one of two is not bound',
      ['d1', 'd2'],
      'd1>v1 d2:now',
      'v1',
      '!pod has unbound immediate PersistentVolumeClaims',
    ],
    ['a claim that waits can be had everywhere', ['data'], 'data:wait', '', 'a b c'],
    ['only where the class allows it', ['data'], 'data:zoned', '', 'a'],
    ['nobody makes volumes of this class', ['data'], 'data:local', '', ''],
    ['there is one on a', ['data'], 'data:local', 'v1:local@hostname=a', ''],
    ['there is one in zone 1', ['data'], 'data:local', 'v1:local@zone=1', 'a'],
    ['it is too small', ['data'], 'data:local+2', 'v1:local+1@zone=1', ''],
    ['it is large enough', ['data'], 'data:local+2', 'v1:local+3@zone=2', 'b'],
    ['it is of another class', ['data'], 'data:local', 'v1:wait@zone=1', ''],
    ['two claims, one volume', ['d1', 'd2'], 'd1:local d2:local', 'v1:local@zone=1', ''],
    ['two claims, two volumes', ['d1', 'd2'], 'd1:local d2:local', 'v1:local@zone=1 v2:local@zone=1', 'a'],
    ['two claims, two volumes, apart', ['d1', 'd2'], 'd1:local d2:local', 'v1:local@zone=1 v2:local@zone=2', ''],
    [
      'the small claim leaves the large volume to the large one',
      ['d1', 'd2'],
      'd1:local+4 d2:local+1',
      'v1:local+4@zone=2 v2:local+1@zone=2',
      'b',
    ],
    ['what there is not is made', ['d1', 'd2'], 'd1:wait d2:local', 'v2:local@zone=2', 'b'],
    ['the node was selected before', ['data'], 'data:wait*b', '', 'b'],
    ['one that is bound and one that waits', ['d1', 'd2'], 'd1>v1 d2:zoned', 'v1@zone=1', 'a'],
    ['one that is bound elsewhere and one that waits', ['d1', 'd2'], 'd1>v1 d2:zoned', 'v1@zone=2', ''],
  ])('%s', (_rule, names, claims, volumes, passing) => {
    // `hostname` in a volume's place is no label here: only zones are spelled out.
    expect(filtered(plugin, podWith(...names), stage(claims, volumes))).toBe(passing)
  })

  it.each<[rule: string, claims: string, volumes: string, said: string]>([
    ['where a bound volume cannot be used', 'data>v1', 'v1@zone=2', CONFLICT],
    ['where no volume is free', 'data:local', 'v1:local@zone=2', NONE],
    ['where the class is not allowed', 'data:zoned', '', ''],
    [
      'where the bound volume is gone',
      'data>v1',
      '',
      '!node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
    ],
    ['where there is no room', 'data:counted', '', '!node(s) did not have enough free storage'],
  ])('says of a node: %s', (_rule, claims, volumes, said) => {
    expect(saidOf(plugin, podWith('data'), stage(claims, volumes), 'a')).toBe(said)
  })

  const capacity = (room: string, zone: string | undefined, more: object = {}) => ({
    csistoragecapacities: [
      { kind: 'CSIStorageCapacity', metadata: { name: 'c' }, storageClassName: 'counted', capacity: room, ...(zone && { nodeTopology: { matchLabels: { [ZONE]: zone } } }), ...more }, // prettier-ignore
    ],
  })
  it.each<[rule: string, claim: string, Record<string, object[]>, passing: string]>([
    ['the driver has said nothing', 'data:counted', {}, ''],
    ['room in zone 1', 'data:counted', capacity('5Gi', '1'), 'a'],
    ['too little room', 'data:counted+9', capacity('5Gi', '1'), ''],
    ['just enough', 'data:counted+5', capacity('5Gi', '1'), 'a'],
    [
      'the largest volume counts, not the sum',
      'data:counted+5',
      capacity('50Gi', '1', { maximumVolumeSize: '4Gi' }),
      '',
    ],
    ['room that no node reaches', 'data:counted', capacity('5Gi', undefined), ''],
    ['room of another class', 'data:counted', capacity('5Gi', '1', { storageClassName: 'wait' }), ''],
    ['a driver that does not count', 'data:wait', {}, 'a b c'],
  ])('counts room: %s', (_rule, claim, more, passing) => {
    expect(filtered(plugin, podWith('data'), stage(claim, '', more))).toBe(passing)
  })

  it.each<[rule: string, claims: string, volumes: string, node: string, assumed: string]>([
    ['nothing where all is bound', 'data>v1', 'v1', 'a', ''],
    ['the smallest volume', 'data:local', 'v1:local+9@zone=1 v2:local+2@zone=1', 'a', 'v2'],
    ['the claim that a volume is to be made for', 'data:wait', '', 'b', 'data*b'],
    ['a volume rather than a new one', 'data:wait', 'v1:wait', 'c', 'v1'],
  ])('reserves %s', (_rule, claims, volumes, nodeName, assumed) => {
    const { nodes } = stage(claims, volumes)
    const state: CycleState = {}
    const nobodyWaits: Handle = {
      ...{ waitingPods: () => [], boundPods: () => [], objects: nodes.objects },
      ...{ allow: () => undefined, reject: () => undefined },
    }
    plugin.preFilter!(state, podWith('data'), nodes)
    expect(plugin.reserve!(state, podWith('data'), nodeName, nodes, nobodyWaits)).toBeUndefined()
    const taken: string[] = []
    for (const each of nodes.objects.all<any>('persistentvolumes'))
      if (each.spec.claimRef) taken.push(each.metadata.name)
    const claim = nodes.objects.get<any>('persistentvolumeclaims', 'default/data')
    const selected = claim.metadata.annotations['volume.kubernetes.io/selected-node']
    if (selected) taken.push(`data*${selected}`)
    expect(taken.join(' ')).toBe(assumed)
    plugin.unreserve!(state, podWith('data'), nodeName, nodes, nobodyWaits)
    for (const each of nodes.objects.all<any>('persistentvolumes')) expect(each.spec.claimRef).toBeUndefined()
  })
})

describe('VolumeRestrictions', () => {
  const gce = (pdName: string, readOnly = false) => ({ name: 'd', gcePersistentDisk: { pdName, readOnly } })
  const ebs = (volumeID: string, readOnly = false) => ({ name: 'd', awsElasticBlockStore: { volumeID, readOnly } })
  const iscsi = (iqn: string, readOnly = false) => ({ name: 'd', iscsi: { iqn, readOnly } })
  const rbd = (monitors: string[], image: string, readOnly = false, pool?: string) => ({ name: 'd', rbd: { monitors, image, readOnly, ...(pool && { pool }) } }) // prettier-ignore
  const DISK = 'node(s) had no available disk'
  const IN_USE =
    'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod'

  it.each<[rule: string, wanted: Volume | undefined, held: Volume | undefined, said: string]>([
    ['no disks', undefined, gce('x'), 'skip'],
    ['a disk that nobody has', gce('x'), undefined, ''],
    ['one GCE disk, twice', gce('x'), gce('x'), DISK],
    ['two GCE disks', gce('x'), gce('y'), ''],
    ['both read', gce('x', true), gce('x', true), ''],
    ['one reads', gce('x', true), gce('x'), DISK],
    ['one EBS volume, twice', ebs('x'), ebs('x'), DISK],
    ['of EBS not even two readers', ebs('x', true), ebs('x', true), DISK],
    ['two EBS volumes', ebs('x'), ebs('y'), ''],
    ['one iSCSI name, twice', iscsi('x'), iscsi('x'), DISK],
    ['iSCSI, both read', iscsi('x', true), iscsi('x', true), ''],
    ['one RBD image by one monitor', rbd(['m'], 'i'), rbd(['m', 'n'], 'i'), DISK],
    ['other monitors, another cluster', rbd(['m'], 'i'), rbd(['n'], 'i'), ''],
    ['another image', rbd(['m'], 'i'), rbd(['m'], 'j'), ''],
    ['another pool', rbd(['m'], 'i', false, 'p'), rbd(['m'], 'i'), ''],
    ['RBD, both read', rbd(['m'], 'i', true), rbd(['m'], 'i', true), ''],
    ['disks of two kinds under one name', gce('x'), ebs('x'), ''],
  ])('disks: %s', (_rule, wanted, held, said) => {
    const specs = { held: { volumes: held ? [held] : [] } }
    const it_ = scene('a[] -!held', { specs })
    expect(saidOf(volumeRestrictions, pod({ volumes: wanted ? [wanted] : [] }), it_)).toBe(said)
  })

  it.each<[rule: string, claims: string, nodes: string, said: string]>([
    ['a claim for many', 'data>v1', 'a[] -!data', 'skip'],
    ['a claim for one, used by nobody', 'data>v1!', 'a[]', ''],
    ['a claim for one, used here', 'data>v1!', 'a[] -!data', IN_USE],
    ['a claim for one, used elsewhere', 'data>v1!', 'a[] | b[] -!data', IN_USE],
    ['another claim for one is used', 'data>v1! d1>v2!', 'a[] -!d1', ''],
    ['a claim that is not there', '', 'a[]', '!persistentvolumeclaim "data" not found'],
  ])('one Pod alone: %s', (_rule, claims, nodes, said) => {
    expect(saidOf(volumeRestrictions, podWith('data'), stage(claims, 'v1 v2', {}, nodes), 'a')).toBe(said)
  })

  it('takes in thought the user away, and puts it back', () => {
    const { nodes } = stage('data>v1!', 'v1', {}, 'a[] -!data')
    const state: CycleState = {}
    const [info] = nodes
    volumeRestrictions.preFilter!(state, podWith('data'), nodes)
    volumeRestrictions.removePod!(state, podWith('data'), podsOf(info!.pods)[0]!, info!)
    expect(words(volumeRestrictions.filter!(state, podWith('data'), info!))).toBe('')
    volumeRestrictions.addPod!(state, podWith('data'), podsOf(info!.pods)[0]!, info!)
    expect(words(volumeRestrictions.filter!(state, podWith('data'), info!))).toBe(IN_USE)
  })
})

describe('VolumeZone', () => {
  it.each<[rule: string, uses: string[], claims: string, volumes: string, passing: string]>([
    ['no claims', [], '', '', 'skip'],
    ['a volume that says nothing of zones', ['data'], 'data>v1', 'v1', 'skip'],
    ['a volume of zone 1, and a node without any zone', ['data'], 'data>v1', 'v1#zone=1', 'a c'],
    ['a volume of zone 2', ['data'], 'data>v1', 'v1#zone=2', 'b c'],
    ['a volume of two zones', ['data'], 'data>v1', 'v1#zone=1__2', 'a b c'],
    ['a volume of a zone that there is not', ['data'], 'data>v1', 'v1#zone=9', 'c'],
    ['two volumes, two zones', ['d1', 'd2'], 'd1>v1 d2>v2', 'v1#zone=1 v2#zone=2', 'c'],
    ['a claim that is not there', ['data'], '', '', '!persistentvolumeclaim "data" not found'],
    ['a volume that is not there', ['data'], 'data>v1', '', '!persistentvolume "v1" not found'],
    ['a claim that waits', ['data'], 'data:wait', '', 'skip'],
    ['a claim that does not wait', ['data'], 'data:now', '', '!PersistentVolume had no name'],
    ['a claim without a class', ['data'], 'data:', '', '!PersistentVolumeClaim had no pv name and storageClass name'],
    ['a class that is not there', ['data'], 'data:none', '', '!storageclass.storage.k8s.io "none" not found'],
  ])('%s', (_rule, names, claims, volumes, passing) => {
    expect(filtered(volumeZone, podWith(...names), stage(claims, volumes))).toBe(passing)
  })
})

describe('NodeVolumeLimits', () => {
  const FULL = 'node(s) exceed max volume count'
  const limit = (count: number | undefined, driver = 'csi.example') => ({
    csinodes: [{ kind: 'CSINode', metadata: { name: 'a' }, spec: { drivers: [{ name: driver, nodeID: 'a', ...(count !== undefined && { allocatable: { count } }) }] } }], // prettier-ignore
  })
  const V = 'v1/csi.example v2/csi.example v3/csi.example v4/other.csi v5/ebs'
  const C = 'd1>v1 d2>v2 d3>v3 d4>v4 data>v3'
  it.each<[rule: string, uses: string[], nodes: string, claims: string, Record<string, object[]>, said: string]>([
    ['no claims', [], 'a[]', C, limit(0), 'skip'],
    ['nobody says how many', ['d1'], 'a[] -!d2', C, {}, ''],
    ['the driver has no limit', ['d1'], 'a[] -!d2', C, limit(undefined), ''],
    ['room for one more', ['d1'], 'a[] -!d2', C, limit(2), ''],
    ['no room', ['d1'], 'a[] -!d2', C, limit(1), FULL],
    ['none at all', ['d1'], 'a[]', C, limit(0), FULL],
    ['two are wanted, one has room', ['d1', 'd2'], 'a[]', C, limit(1), FULL],
    ['two are wanted, two have room', ['d1', 'd2'], 'a[]', C, limit(2), ''],
    ['the one that is there already counts once', ['d1'], 'a[] -!d1', C, limit(1), ''],
    ['two claims of one volume are one', ['d3', 'data'], 'a[]', C, limit(1), ''],
    ['two Pods with one volume', ['d2'], 'a[] -!d1 -!d1', C, limit(2), ''],
    ['another driver has another limit', ['d4'], 'a[] -!d1 -!d2', C, limit(1), ''],
    ['another driver does not count', ['d1'], 'a[] -!d4', C, limit(1), ''],
    ['a volume that is not CSI', ['data'], 'a[]', 'data>v9', limit(0), ''],
    ['EBS is its driver’s business now', ['data'], 'a[]', 'data>v5', limit(0, 'ebs.csi.aws.com'), FULL],
    ['a volume to be made counts already', ['data'], 'a[]', 'data:wait', limit(0), FULL],
    ['one made by hand does not', ['data'], 'a[]', 'data:local', limit(0), ''],
    ['a claim that is not there', ['data'], 'a[]', '', limit(9), '!persistentvolumeclaim "data" not found'],
  ])('%s', (_rule, names, nodes, claims, more, said) => {
    expect(saidOf(nodeVolumeLimits, podWith(...names), stage(claims, `${V} v9`, more, nodes), 'a')).toBe(said)
  })
})

describe('what wakes a Pod that waits for its volumes', () => {
  const claim = (name: string, namespace = 'default') => ({
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
  })
  const sc = (mode: string, allowedTopologies?: object[]) => cls('x', mode, 'p', allowedTopologies)
  const room = (capacity: string) => ({ metadata: { name: 'c' }, storageClassName: 'x', capacity })
  const csiNode = (count?: number, migrated?: string) => ({
    metadata: {
      name: 'a',
      ...(migrated && { annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': migrated } }),
    },
    spec: { drivers: [{ name: 'd', nodeID: 'a', ...(count !== undefined && { allocatable: { count } }) }] },
  })
  const binding = volumeBinding()
  it.each<[rule: string, Plugin, event: string, object: object, old: object | undefined, wakes: boolean]>([
    ['its claim', binding, 'persistentvolumeclaims/Add', claim('data'), undefined, true],
    ['another claim', binding, 'persistentvolumeclaims/Add', claim('other'), undefined, false],
    [
      'a claim of that name elsewhere',
      binding,
      'persistentvolumeclaims/Update',
      claim('data', 'x'),
      claim('data', 'x'),
      false,
    ],
    ['a volume', binding, 'persistentvolumes/Add', volumeFrom('v1'), undefined, true],
    ['a class', binding, 'storageclasses/Add', sc('Immediate'), undefined, true],
    ['a class that stays where it was', binding, 'storageclasses/Update', sc('Immediate'), sc('Immediate'), false],
    [
      'a class that is allowed elsewhere',
      binding,
      'storageclasses/Update',
      sc('Immediate', [{}]),
      sc('Immediate'),
      true,
    ],
    ['more room', binding, 'csistoragecapacities/Update', room('2Gi'), room('1Gi'), true],
    ['less room', binding, 'csistoragecapacities/Update', room('1Gi'), room('2Gi'), false],
    ['a CSINode that tells nothing new', binding, 'csinodes/Update', csiNode(), csiNode(), false],
    ['a plugin that has been migrated', binding, 'csinodes/Update', csiNode(1, 'ebs'), csiNode(1), true],
    ['a class that waits', volumeZone, 'storageclasses/Add', sc('WaitForFirstConsumer'), undefined, true],
    ['a class that does not', volumeZone, 'storageclasses/Add', sc('Immediate'), undefined, false],
    [
      'a volume that moves',
      volumeZone,
      'persistentvolumes/Update',
      volumeFrom('v1#zone=1'),
      volumeFrom('v1#zone=2'),
      true,
    ],
    [
      'a volume that stays',
      volumeZone,
      'persistentvolumes/Update',
      volumeFrom('v1#zone=1'),
      volumeFrom('v1#zone=1'),
      false,
    ],
    ['a node that takes more', nodeVolumeLimits, 'csinodes/Update', csiNode(2), csiNode(1), true],
    ['a node that takes less', nodeVolumeLimits, 'csinodes/Update', csiNode(1), csiNode(2), false],
    ['a node without a limit any more', nodeVolumeLimits, 'csinodes/Update', csiNode(), csiNode(2), true],
    ['its claim, alone', volumeRestrictions, 'persistentvolumeclaims/Add', claim('data'), undefined, true],
    ['another claim, alone', volumeRestrictions, 'persistentvolumeclaims/Add', claim('other'), undefined, false],
  ])('%s', (_rule, plugin, name, object, oldObject, wakes) => {
    const rule = plugin.eventsToRegister!.find(({ event }) => event === name)
    const event = { name, object, ...(oldObject && { oldObject }) } as any
    expect(rule !== undefined && (rule.hint?.(podWith('data'), event) ?? true)).toBe(wakes)
  })

  it.each<[rule: string, Plugin, left: Pod, wakes: boolean]>([
    ['one with volumes', nodeVolumeLimits, podWith('x'), true],
    ['one without', nodeVolumeLimits, pod(), false],
    ['one with the same claim', volumeRestrictions, podWith('data'), true],
    ['one with another claim', volumeRestrictions, podWith('x'), false],
  ])('a Pod leaves: %s', (_rule, plugin, left, wakes) => {
    const rule = plugin.eventsToRegister!.find(({ event }) => event === 'AssignedPod/Delete')!
    expect(rule.hint!(podWith('data'), { name: 'AssignedPod/Delete', pod: left })).toBe(wakes)
  })
})
