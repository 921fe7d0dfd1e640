/**
 * VolumeBinding: a Pod goes where its volumes can be used. Volumes that there are say where (their node affinity); claims that
 * wait for their first consumer get a volume, or have one made, for the node that the Pod will be on.
 *
 * Filter finds volumes node by node; Reserve keeps the ones of the chosen node for this Pod; PreBind writes them down, as
 * `claimRef` of the volume or as `selected-node` of the claim, and waits until the volume controller has bound them all.
 * What we leave out: scoring by capacity (off by default), translation of in-tree volumes.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go`.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#cluster/api/storage-types.ts'
import { claimNameOf, classOf, isClaimOf, isFullyBound, SELECTED_NODE } from '#cluster/api/storage-types.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import { boundTo, chooseVolume, couldServe, sizeAsked, sizeOf } from '#cluster/api/volume-matching.ts'
import { updateRequest } from '#cluster/client/api-client.ts'
import type { Objects, Plugin, Status } from '../framework.ts'
import { SKIP, unresolvable } from '../framework.ts'
import { matchesNodeSelector } from '#cluster/api/node-selector.ts'
import { volumeEvents } from './volume-events.ts'
import { provisioningOn } from './volume-provisioning.ts'

const NAME = 'VolumeBinding'
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
const NO_SPACE = 'node(s) did not have enough free storage'
const NO_SUCH_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
const BIND_TIMEOUT_SECONDS = 600

/** VolumeBindingArgs. */
export interface VolumeBindingArguments {
  /** How long PreBind may wait. Default 600. */
  readonly bindTimeoutSeconds?: number
}

interface Asked {
  readonly objects: Objects
  /** Of the claims that have one; undefined where it does not exist. */
  readonly bound: readonly (PersistentVolume | undefined)[]
  /** Those that wait for their first consumer, smallest first, each with the volumes that will do, wherever they are. */
  readonly waiting: readonly { readonly claim: PersistentVolumeClaim; readonly volumes: readonly PersistentVolume[] }[]
}

/** What a node has for the claims that wait. */
interface Found {
  readonly volumes: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}

/** What is kept for the binding cycle: keys only. */
interface Reserved {
  readonly volumes: readonly { readonly volume: string; readonly claim: string }[]
  readonly provisions: readonly string[]
}

export function volumeBinding({ bindTimeoutSeconds = BIND_TIMEOUT_SECONDS }: VolumeBindingArguments = {}): Plugin {
  return {
    name: NAME,
    preFilter(state, pod, { objects }) {
      const asked = askedBy(pod, objects)
      if (asked === undefined) return SKIP
      if ('code' in asked) return asked
      state[NAME] = asked
      return undefined
    },
    filter(state, _pod, { node }) {
      const found = findOn(state[NAME] as Asked, node)
      return 'code' in found ? found : undefined
    },
    reserve(state, _pod, nodeName, nodes) {
      const asked = state[NAME] as Asked | undefined
      const node = nodes.get(nodeName)?.node
      if (asked === undefined || node === undefined) return undefined
      const found = findOn(asked, node)
      if ('code' in found) return found
      const { objects } = nodes
      for (const { volume, claim } of found.volumes) objects.assume('persistentvolumes', boundTo(volume, claim))
      for (const claim of found.provisions) objects.assume('persistentvolumeclaims', selected(claim, nodeName))
      const volumes = found.volumes.map(({ volume, claim }) => ({ volume: volume.metadata.name, claim: keyOf(claim) }))
      state[NAME] = { volumes, provisions: found.provisions.map(keyOf) } satisfies Reserved
      return undefined
    },
    unreserve(state, _pod, _nodeName, { objects }) {
      const { volumes = [], provisions = [] } = (state[NAME] ?? {}) as Partial<Reserved>
      for (const { volume } of volumes) objects.forget('persistentvolumes', volume)
      for (const claim of provisions) objects.forget('persistentvolumeclaims', claim)
    },
    preBind(state, _pod, _nodeName, objects) {
      const { volumes = [], provisions = [] } = (state[NAME] ?? {}) as Partial<Reserved>
      const assumed = [
        ...volumes.map(({ volume }) => objects.get<PersistentVolume>('persistentvolumes', volume)),
        ...provisions.map((claim) => objects.get<PersistentVolumeClaim>('persistentvolumeclaims', claim)),
      ]
      if (assumed.length === 0) return undefined
      const requests = assumed.filter((object) => object !== undefined).map((one) => updateRequest(one))
      return { requests, timeoutMicros: bindTimeoutSeconds * 1_000_000 }
    },
    preBindDone: (state, _pod, node, objects) => progress(state[NAME] as Reserved, node, objects),
    eventsToRegister: volumeEvents,
  }
}

const selected = (claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } },
})

// ── PreFilter ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The Pod's claims by what is to be done about them; undefined where it has none. */
function askedBy(pod: Pod, objects: Objects): Asked | Status | undefined {
  const { volumes } = pod.spec
  if (volumes === undefined || volumes.length === 0) return undefined
  const claims: PersistentVolumeClaim[] = []
  for (const volume of volumes) {
    const name = claimNameOf(pod, volume)
    if (name === undefined) continue
    const key = `${pod.metadata.namespace ?? 'default'}/${name}`
    const claim = objects.get<PersistentVolumeClaim>('persistentvolumeclaims', key)
    const wrong = claimProblem(pod, claim, name, volume.ephemeral !== undefined)
    if (wrong !== undefined) return unresolvable(wrong)
    claims.push(claim!)
  }
  if (claims.length === 0) return undefined
  const bound: (PersistentVolume | undefined)[] = []
  const waiting: PersistentVolumeClaim[] = []
  for (const claim of claims) {
    if (isFullyBound(claim)) {
      bound.push(objects.get<PersistentVolume>('persistentvolumes', claim.spec.volumeName!))
      continue
    }
    const mode = bindingModeOf(claim, objects)
    if (typeof mode === 'object') return mode
    if (mode !== 'WaitForFirstConsumer' || claim.spec.volumeName)
      return unresolvable('pod has unbound immediate PersistentVolumeClaims')
    waiting.push(claim)
  }
  waiting.sort((a, b) => sizeAsked(a) - sizeAsked(b))
  return { objects, bound, waiting: waiting.map((claim) => ({ claim, volumes: candidatesFor(claim, objects) })) }
}

function claimProblem(
  pod: Pod,
  claim: PersistentVolumeClaim | undefined,
  name: string,
  isEphemeral: boolean,
): string | undefined {
  if (claim === undefined)
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`
  if (isEphemeral && !isClaimOf(pod, claim))
    return `PVC ${keyOf(claim)} was not created for pod ${keyOf(pod)} (pod is not owner)`
  return undefined
}

/** A claim without a class is bound as soon as there is a volume. */
function bindingModeOf(claim: PersistentVolumeClaim, objects: Objects): string | Status {
  const name = classOf(claim)
  if (name === '') return 'Immediate'
  const storageClass = objects.get<StorageClass>('storageclasses', name)
  if (!storageClass) return { code: 'Error', reasons: [`storageclass.storage.k8s.io "${name}" not found`] }
  return storageClass.volumeBindingMode ?? 'Immediate'
}

function candidatesFor(claim: PersistentVolumeClaim, objects: Objects): PersistentVolume[] {
  const list: PersistentVolume[] = []
  // One whose node has been selected is being made, and gets no other.
  if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) return list
  for (const volume of objects.all<PersistentVolume>('persistentvolumes'))
    if (couldServe(volume, claim)) list.push(volume)
  return list.sort((a, b) => sizeOf(a) - sizeOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
}

// ── Filter ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const isReachable = ({ spec }: PersistentVolume, node: Node): boolean =>
  spec.nodeAffinity?.required === undefined || matchesNodeSelector(spec.nodeAffinity.required, node)

const NOTHING_TO_DO: Found = Object.freeze({ volumes: [], provisions: [] })

/** Volumes for all claims on this node, or why there are none. */
function findOn({ objects, bound, waiting }: Asked, node: Node): Found | Status {
  const reasons: string[] = []
  for (const volume of bound) {
    const problem = volume === undefined ? NO_SUCH_VOLUME : isReachable(volume, node) ? undefined : NODE_CONFLICT
    if (problem === undefined) continue
    reasons.push(problem)
    break
  }
  if (waiting.length === 0) return reasons.length > 0 ? unresolvable(...reasons) : NOTHING_TO_DO
  const volumes: Found['volumes'][number][] = []
  const provisions: PersistentVolumeClaim[] = []
  for (const { claim, volumes: candidates } of waiting) {
    const place = claim.metadata.annotations?.[SELECTED_NODE]
    if (place !== undefined && place !== node.metadata.name) return unresolvable(...reasons, NO_VOLUME)
    const isTaken = (volume: PersistentVolume) => volumes.some((other) => other.volume === volume)
    const volume = chooseVolume(candidates, claim, isTaken, (each) => isReachable(each, node))
    if (volume !== undefined) volumes.push({ volume, claim })
    else provisions.push(claim)
  }
  for (const claim of provisions) {
    const verdict = provisioningOn(claim, node, objects)
    if (verdict === 'yes') continue
    reasons.push(verdict === 'full' ? NO_SPACE : NO_VOLUME)
    break
  }
  return reasons.length > 0 ? unresolvable(...reasons) : { volumes, provisions }
}

// ── PreBind ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const WAIT: Status = Object.freeze({ code: 'Wait', reasons: [] })
const failed = (...reasons: string[]): Status => ({
  code: 'Error',
  reasons: reasons.map((why) => `binding volumes: ${why}`),
})

/** How far the volume controller has come. */
function progress({ volumes, provisions }: Reserved, node: Node | undefined, objects: Objects): Status | undefined {
  if (node === undefined) return failed('the node is gone')
  for (const { volume: name, claim: key } of volumes) {
    const volume = objects.told<PersistentVolume>('persistentvolumes', name)
    const claim = objects.told<PersistentVolumeClaim>('persistentvolumeclaims', key)
    if (!volume || !claim)
      return failed(`failed to check binding: ${volume ? `PVC "${key}"` : `PV "${name}"`} not found`)
    // What was assumed has not come back through the watch yet.
    if (objects.get('persistentvolumes', name) !== volume) return WAIT
    if (!isReachable(volume, node))
      return failed(
        `pv "${name}" node affinity doesn't match node "${node.metadata.name}": no matching NodeSelectorTerms`,
      )
    if (!volume.spec.claimRef?.uid) return failed(`ClaimRef got reset for pv "${name}"`)
    if (!isFullyBound(claim)) return WAIT
  }
  for (const key of provisions) {
    const claim = objects.told<PersistentVolumeClaim>('persistentvolumeclaims', key)
    if (!claim) return failed(`failed to check provisioning pvc: could not find v1.PersistentVolumeClaim "${key}"`)
    if (objects.get('persistentvolumeclaims', key) !== claim) return WAIT
    if (claim.metadata.annotations?.[SELECTED_NODE] !== node.metadata.name)
      return failed(`provisioning failed for PVC "${claim.metadata.name}"`)
    const { volumeName } = claim.spec
    const volume = volumeName ? objects.told<PersistentVolume>('persistentvolumes', volumeName) : undefined
    if (!volume || !isFullyBound(claim)) return WAIT
    if (!isReachable(volume, node))
      return failed(
        `pv "${volumeName}" node affinity doesn't match node "${node.metadata.name}": no matching NodeSelectorTerms`,
      )
  }
  return undefined
}
