/**
 * What a Pod's volumes hold: ConfigMaps, Secrets, tokens and words about the Pod itself, fetched before its containers are made;
 * and claims, which have to be bound by then (`claims.ts`).
 *
 * What the real one does: the volume manager mounts, and keeps what is mounted up to date; the token manager renews tokens when
 * four fifths of their time are over.
 * What we model: the files as a container finds them when it is made; one that is made again gets a fresh token where the old one
 * is due for renewal. What is missing is looked for again after a while, and no container starts meanwhile.
 * Files of the machine: `host-paths.ts`. Where a volume is mounted there is a folder, also if nothing is in it.
 * What we leave out: changes in containers that run; every other kind of volume (an empty directory has no files, and neither has a claim's).
 * Where to read upstream: kubernetes/kubernetes `pkg/volume/{projected,configmap,secret,downwardapi}`, `pkg/kubelet/token`.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import { getRequest, isOk, messageOf, send } from '#cluster/client/api-client.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { Context, Effect, Micros } from '#cluster/kernel/component.ts'
import type { SyscallReply } from '#cluster/linux/syscall.ts'
import { environmentSources } from './environment.ts'
import { claimsOf, judgeClaim, type Judged, mountProblem } from './claims.ts'
import { askMachine, filesIn, hasMachine, hostKey, hostPathsOf } from './host-paths.ts'
import { fieldOf } from './pod-fields.ts'
import { containerNamed, podOf } from './pod-lookup.ts'
import type { KubeletState, PodVolumes } from './state.ts'

/** Contents by path below the mount point. */
type Files = Readonly<Record<string, string>>

export interface VolumeTag {
  readonly for: 'volume'
  readonly uid: string
  readonly key: string
  readonly optional: boolean
  /** Of a claim: for whom, and whether it was made for that Pod alone. */
  readonly claim?: { readonly pod: Pod; readonly isEphemeral: boolean }
}

const RETRY_MICROS = 2_000_000
/** Upstream: the period after which a failed sync is tried again. */
const CLAIM_RETRY_MICROS = 10_000_000
const TOKEN_SECONDS_DEFAULT = 3_600
const FOR_EVER = Number.MAX_SAFE_INTEGER

interface Item {
  readonly key: string
  readonly path: string
}

/** One part of a volume. */
type Source =
  | { readonly type: 'configmaps' | 'secrets'; readonly name: string; readonly items?: readonly Item[]; readonly optional?: boolean } // prettier-ignore
  | { readonly type: 'token'; readonly path: string; readonly seconds: number; readonly audience?: string }
  | { readonly type: 'downward'; readonly items: readonly { path: string; fieldRef?: { fieldPath: string } }[] }

function sourcesOf(volume: Readonly<Record<string, any>>): readonly Source[] {
  const { configMap, secret, downwardAPI, projected, serviceAccountToken } = volume
  if (projected) return (projected.sources ?? []).flatMap(sourcesOf)
  if (configMap) return [{ type: 'configmaps', ...configMap }]
  if (secret) return [{ type: 'secrets', name: secret.secretName ?? secret.name, items: secret.items, optional: secret.optional }] // prettier-ignore
  if (downwardAPI) return [{ type: 'downward', items: downwardAPI.items ?? [] }]
  if (!serviceAccountToken) return []
  const { path, expirationSeconds: seconds = TOKEN_SECONDS_DEFAULT, audience } = serviceAccountToken
  return [{ type: 'token', path, seconds, ...(audience && { audience }) }]
}

const allSources = (pod: Pod): readonly Source[] => (pod.spec.volumes ?? []).flatMap(sourcesOf)

/** What names the request that brings it; undefined where none is needed. */
function keyOf(source: Source): string | undefined {
  if (source.type === 'downward') return undefined
  return source.type === 'token' ? `token/${source.audience ?? ''}/${source.seconds}` : `${source.type}/${source.name}`
}

function requestFor({ metadata, spec }: Pod, source: Exclude<Source, { type: 'downward' }>): ApiRequest {
  const { namespace, name, uid } = metadata
  if (source.type !== 'token') return getRequest(source.type, namespace, source.name)
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const wanted = { expirationSeconds: source.seconds, boundObjectRef, ...(source.audience && { audiences: [source.audience] }) } // prettier-ignore
  return {
    method: 'POST',
    path: pathOf('serviceaccounts', namespace, spec.serviceAccountName ?? 'default', 'token'),
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: wanted },
  }
}

/** The name of the volume for which that request was made. */
export const volumeWith = (pod: Pod, key: string): string | undefined =>
  pod.spec.volumes?.find((volume) => sourcesOf(volume).some((source) => keyOf(source) === key))?.name

const CLAIM = 'persistentvolumeclaims'

/** Fetches what the Pod's volumes hold, looks whether its claims are bound, and fetches what environments take; undefined: it is all there. */
export function mount(state: KubeletState, ctx: Context, pod: Pod): Effect[] | undefined {
  const environment = environmentSources(pod)
  if (!pod.spec.volumes?.length && environment.length === 0) return undefined
  const uid = pod.metadata.uid!
  const known = state.volumes.get(uid)
  if (known && known.open > 0) return []
  if (known && known.until > ctx.now) return known.failure === undefined ? undefined : []
  // That a variable is missing is a container's problem, and not the Pod's.
  const wanted = new Map<string, Exclude<Source, { type: 'downward' }>>()
  for (const source of environment) wanted.set(`${source.type}/${source.name}`, { ...source, optional: true })
  for (const source of allSources(pod)) {
    const key = keyOf(source)
    if (key !== undefined) wanted.set(key, source as Exclude<Source, { type: 'downward' }>)
  }
  const claims = claimsOf(pod)
  const hostPaths = hasMachine(state, ctx) ? hostPathsOf(pod) : []
  const open = wanted.size + claims.length + hostPaths.length
  if (open === 0) return undefined
  state.volumes.set(uid, {
    open,
    bodies: {},
    failure: undefined,
    until: renewalOf(pod, ctx.now),
  })
  const fetched = [...wanted].map(([key, source]) => {
    const tag: VolumeTag = { for: 'volume', uid, key, optional: source.type !== 'token' && source.optional === true }
    return send(state.client, ctx, requestFor(pod, source), tag)
  })
  const asked = claims.map(({ claim, isEphemeral }) => {
    const tag: VolumeTag = {
      for: 'volume',
      uid,
      key: `${CLAIM}/${claim}`,
      optional: false,
      claim: { pod, isEphemeral },
    }
    return send(state.client, ctx, getRequest(CLAIM, pod.metadata.namespace, claim), tag)
  })
  return [...fetched, ...asked, ...hostPaths.map((path) => askMachine(state, ctx, uid, path))]
}

/** What was missing is to be looked for again after a while. */
export function lookAgain(state: KubeletState, uid: string, until: Micros): void {
  const known = state.volumes.get(uid)
  if (known) state.volumes.set(uid, { ...known, until: Math.min(known.until, until) })
}

/** Four fifths into the life of the token that ends first. */
function renewalOf(pod: Pod, now: Micros): Micros {
  const seconds = allSources(pod).flatMap((source) => (source.type === 'token' ? [source.seconds] : []))
  return seconds.length === 0 ? FOR_EVER : now + Math.min(...seconds) * 800_000
}

export interface VolumesLook {
  /** How long to wait before looking again; 0: all is there. */
  readonly after: Micros
  /** Why claims of the Pod cannot be mounted. */
  readonly claims?: string | undefined
}

/** Something has come, or not. @returns what it is when all has been heard of; undefined while more is to come */
export function volumeAnswered(
  state: KubeletState,
  ctx: Context,
  tag: VolumeTag,
  answer: Answer,
): VolumesLook | undefined {
  const known = state.volumes.get(tag.uid)
  if (!known) return undefined
  if (tag.claim) return claimAnswered(state, ctx, tag, judgeClaim(tag.claim.pod, tag.claim.isEphemeral, answer))
  const isMissing = !isOk(answer) && !(tag.optional && answer.status === 404)
  const bodies = isOk(answer) ? { ...known.bodies, [tag.key]: answer.body } : known.bodies
  const failure = known.failure ?? (isMissing ? `MountVolume.SetUp failed: ${messageOf(answer)}` : undefined)
  return heard(state, ctx, tag, { ...known, bodies, failure })
}

function claimAnswered(state: KubeletState, ctx: Context, tag: VolumeTag, judged: Judged): VolumesLook | undefined {
  const known = state.volumes.get(tag.uid)!
  const failure = known.failure ?? judged.problem
  return heard(state, ctx, tag, { ...known, bodies: { ...known.bodies, [tag.key]: judged }, failure })
}

/** The machine has told what it has. Undefined: it is the answer to something else. */
export function machineReplied(
  state: KubeletState,
  ctx: Context,
  reply: SyscallReply,
): { readonly uid: string; readonly look: VolumesLook | undefined } | undefined {
  const asked = reply.type === 'syscallReply' ? state.hostCalls.get(reply.id) : undefined
  if (!asked) return undefined
  state.hostCalls.delete(reply.id)
  const { uid, path } = asked
  const known = state.volumes.get(uid)
  if (!known) return { uid, look: undefined }
  const tag: VolumeTag = { for: 'volume', uid, key: hostKey(path), optional: true }
  const bodies = { ...known.bodies, [tag.key]: filesIn(reply, path) }
  return { uid, look: heard(state, ctx, tag, { ...known, bodies }) }
}

/** One answer less to wait for; with the last, the retry is set. */
function heard(
  state: KubeletState,
  ctx: Context,
  { uid, claim }: VolumeTag,
  next: PodVolumes,
): VolumesLook | undefined {
  const open = next.open - 1
  state.volumes.set(uid, { ...next, open })
  if (open > 0) return undefined
  if (next.failure === undefined) return { after: 0 }
  const pod = claim?.pod ?? podOf(state, uid)
  const claims = pod && mountProblem(pod, (name) => next.bodies[`${CLAIM}/${name}`] as Judged | undefined)
  const after = claims === undefined ? RETRY_MICROS : CLAIM_RETRY_MICROS
  state.volumes.set(uid, { ...next, open, until: ctx.now + after })
  ctx.note('FailedMount', { uid, message: claims ?? next.failure })
  return { after, claims }
}

// ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function chosen(data: Files, items: readonly Item[] | undefined): Files {
  if (!items) return data
  return Object.fromEntries(items.flatMap(({ key, path }) => (Object.hasOwn(data, key) ? [[path, data[key]!]] : [])))
}

function filesOf(pod: Pod, source: Source, bodies: PodVolumes['bodies']): Files {
  const body = (bodies[keyOf(source) ?? ''] ?? {}) as { data?: Files; status?: { token?: string } }
  switch (source.type) {
    case 'token':
      return { [source.path]: body.status?.token ?? '' }
    case 'configmaps':
      return chosen(body.data ?? {}, source.items)
    case 'secrets':
      return chosen(
        Object.fromEntries(Object.entries(body.data ?? {}).map(([key, text]) => [key, atob(text)])),
        source.items,
      )
    case 'downward':
      return Object.fromEntries(source.items.map(({ path, fieldRef }) => [path, fieldOf(pod, fieldRef?.fieldPath ?? '')])) // prettier-ignore
  }
}

/** The files that a container of the Pod finds, by their whole paths. */
export function mountedFiles(state: KubeletState, pod: Pod, container: string): Files | undefined {
  const { spec } = pod
  const { volumeMounts = [] } = containerNamed(pod, container) ?? {}
  const bodies = state.volumes.get(pod.metadata.uid!)?.bodies ?? {}
  const all = volumeMounts.flatMap(({ name, mountPath }) => {
    const volume = spec.volumes?.find((one) => one.name === name)
    const at = mountPath.replace(/\/$/, '')
    const ofMachine = volume?.hostPath && (bodies[hostKey(volume.hostPath.path)] as Files | undefined)
    if (ofMachine && '' in ofMachine) return [[at, ofMachine['']!] as const]
    const files = (volume ? sourcesOf(volume) : []).flatMap((source) => Object.entries(filesOf(pod, source, bodies)))
    const all = [...Object.entries(ofMachine ?? {}), ...files]
    return [[`${at}/`, ''] as const, ...all.map(([path, text]) => [`${at}/${path}`, text] as const)]
  })
  return all.length === 0 ? undefined : Object.fromEntries(all)
}
