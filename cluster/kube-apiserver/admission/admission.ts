/**
 * Admission: what the cluster's own rules make of a write, and whether they let it pass.
 *
 * What the real one does: plugins in a fixed order, first all that change the object, then (after the object was validated)
 * all that judge it. What we model: the same order; which plugins there are is an option of the server. NamespaceLifecycle
 * stands in `writes.ts` and `deletion.ts`, because it may have to wait for etcd, and so does the charge to a quota.
 * What we leave out: AlwaysPullImages and the others that are off by default; ClusterTrustBundleAttest,
 * and the subject of a certificate's request, which is in its bytes; PodTopologyLabels.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubeapiserver/options/plugins.go`, apiserver `pkg/admission/chain.go`.
 */
import { isStatus, type UserInfo } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { PendingRequest, State } from '../state.ts'
import { changedFields } from './changed-fields.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger.ts'
import { nodeRestriction } from './node-restriction.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { mutatingAdmissionPolicy } from './policies/mutating-admission-policy.ts'
import { validatingAdmissionPolicy } from './policies/validating-admission-policy.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { priority } from './priority.ts'
import { rbacEscalation } from '../rbac/escalation.ts'
import { resourceQuota } from './resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'
import { CONFIGURATIONS, isExempt, PLUGIN_NAMES } from './webhooks/configuration.ts'
import { hooksFor } from './webhooks/hooks.ts'
import type { HookCall, Kind } from './webhooks/types.ts'

const KINDS: readonly Kind[] = ['mutating', 'validating']

/** All that there are, in upstream's order. */
const PLUGINS: readonly AdmissionPlugin[] = [
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  defaultIngressClass,
  mutatingAdmissionPolicy,
  validatingAdmissionPolicy,
  resourceQuota,
]

/** What kube-apiserver 1.36 runs unless it is told otherwise, and NodeRestriction, which kubeadm adds. */
export const DEFAULT_ADMISSION_PLUGINS: readonly string[] = Object.freeze([
  ...PLUGINS.map(({ name }) => name),
  ...Object.values(PLUGIN_NAMES),
])

/** What a small cluster gets along with, in which every message counts. */
export const FEW_ADMISSION_PLUGINS: readonly string[] = Object.freeze([defaultTolerationSeconds.name])

/** Those that have something to say about a kind of request, and what they look up. */
interface Chain {
  readonly plugins: readonly AdmissionPlugin[]
  /** Whether webhooks may want to hear of it. */
  readonly asksHooks: boolean
  readonly reads: readonly string[]
}

type Kindred = Pick<RequestInfo, 'resource' | 'verb' | 'subresource'>

const chains = new WeakMap<readonly string[], WeakMap<Resource, Map<string, Chain>>>()

/** Found once for each kind of request: a plugin's `handles` knows nothing but resource, verb and subresource. */
function chainFor(names: readonly string[], info: RequestInfo): Chain {
  let byResource = chains.get(names)
  if (!byResource) chains.set(names, (byResource = new WeakMap<Resource, Map<string, Chain>>()))
  let byVerb = byResource.get(info.resource)
  if (!byVerb) byResource.set(info.resource, (byVerb = new Map<string, Chain>()))
  const kind = info.subresource === '' ? info.verb : `${info.verb}/${info.subresource}`
  let chain = byVerb.get(kind)
  if (!chain) byVerb.set(kind, (chain = makeChain(names, info)))
  return chain
}

function makeChain(names: readonly string[], { resource, verb, subresource }: Kindred): Chain {
  const asked = { resource, verb, subresource }
  const enabled = [rbacEscalation, ...PLUGINS.filter(({ name }) => names.includes(name))]
  const plugins = enabled.filter((plugin) => plugin.handles(asked))
  const kinds = isExempt(asked) ? [] : KINDS.filter((kind) => names.includes(PLUGIN_NAMES[kind]))
  const reads = [...kinds.map((kind) => CONFIGURATIONS[kind]), ...plugins.flatMap(({ reads = [] }) => reads)]
  // A PUT or an apply may turn out to be a creation.
  const made = verb === 'update' || verb === 'patch' ? makeChain(names, { resource, verb: 'create', subresource }).reads : [] // prettier-ignore
  return { plugins, asksHooks: kinds.length > 0, reads: [...reads, ...made] }
}

/** Whether anybody at all has something to say about such a request. */
export const isJudged = ({ options }: Pick<State, 'options'>, info: RequestInfo): boolean => {
  const { plugins, asksHooks } = chainFor(options.admissionPlugins, info)
  return plugins.length > 0 || asksHooks
}

/** By name, in their order, for whoever asks them one by one. Those that stand apart are among them. */
export function pluginsFor({ options }: Pick<State, 'options'>, info: RequestInfo): PluginNames {
  const { plugins, asksHooks } = chainFor(options.admissionPlugins, info)
  const own = plugins.filter((plugin) => plugin !== rbacEscalation && plugin !== resourceQuota)
  const isDeletion = info.verb === 'delete'
  const entersNamespace = info.verb === 'create' && info.resource.namespaced
  const asks = (kind: Kind) => (asksHooks && options.admissionPlugins.includes(PLUGIN_NAMES[kind]) ? [PLUGIN_NAMES[kind]] : []) // prettier-ignore
  const names = (all: readonly AdmissionPlugin[]) => all.map(({ name }) => name)
  return {
    mutating: isDeletion
      ? []
      : [
          ...(entersNamespace ? ['NamespaceLifecycle'] : []),
          ...names(own.filter(({ mutate }) => mutate)),
          ...asks('mutating'),
        ],
    validating: [
      ...names(own.filter(({ validate }) => validate)),
      ...asks('validating'),
      ...(plugins.includes(resourceQuota) ? [resourceQuota.name] : []),
    ],
  }
}

export interface PluginNames {
  readonly mutating: readonly string[]
  readonly validating: readonly string[]
}

/** The kinds that plugins will look up for such a request, or for the creation that it may turn out to be. */
export const readsOf = ({ options }: Pick<State, 'options'>, info: RequestInfo): readonly string[] =>
  chainFor(options.admissionPlugins, info).reads

const NONE: readonly HookCall[] = Object.freeze([])

/** A write on its way through the plugins. */
export interface Admission {
  readonly mutate: (object: KubernetesObject, old: KubernetesObject | undefined, name: string) => KubernetesObject | Status // prettier-ignore
  readonly validate: (object: KubernetesObject | undefined, old: KubernetesObject | undefined) => Status | undefined
  readonly warnings: readonly string[]
  /** Webhooks that must answer first; then what was refused may yet be. */
  readonly missing: readonly HookCall[]
  /** What is to be created, as webhooks see it first. */
  readonly draft: KubernetesObject | undefined
  /** For the audit event. */
  readonly annotations: Readonly<Record<string, string>>
  /** The refusal was for want of something that may come yet. */
  mayWait(): boolean
}

interface Asked {
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly isDryRun: boolean
  /** What webhooks have said so far. */
  readonly hooks?: PendingRequest['hooks']
  /** By name: this plugin and no other. */
  readonly only?: string
}

/** The plugins that have something to say about this request; undefined: none has. */
export function admissionFor(
  { options, caches, schemas }: Pick<State, 'options' | 'caches' | 'schemas'>,
  { info, user, isDryRun, hooks: heard, only }: Asked,
  { mayUser, authority }: Pick<Attributes, 'mayUser' | 'authority'>,
  ctx: Context,
): Admission | undefined {
  const { plugins: all } = chainFor(options.admissionPlugins, info)
  const plugins = only === undefined ? all : all.filter(({ name }) => name === only)
  const warnings: string[] = []
  const warn = (text: string): void => void (warnings.includes(text) || warnings.push(text))
  const annotations: Record<string, string> = {}
  const annotate = (key: string, value: string): void => void (annotations[key] = value)
  let waits = false
  const wait = (): void => void (waits = true)
  const known = { info, user, isDryRun, caches, schemas, ctx, warn, annotate, wait, mayUser, authority }
  const asksHooks = only === undefined || Object.values(PLUGIN_NAMES).includes(only)
  const hooks = asksHooks ? hooksFor({ options, caches }, { info, user, isDryRun, authority, answers: heard?.answers ?? [], warn, annotate }, ctx) : undefined // prettier-ignore
  if (plugins.length === 0 && !hooks) return undefined
  let draft = heard?.draft
  const note = (plugin: string, phase: string, outcome: string, refused?: Status, fields?: readonly string[]): void => {
    if (!ctx.tracing) return
    ctx.note('admission', {
      plugin,
      phase,
      outcome,
      ...(refused && { why: refused.message }),
      ...(fields && { fields }),
    })
  }
  const noteChange = (plugin: string, before: KubernetesObject, after: KubernetesObject): void => {
    if (!ctx.tracing) return
    if (after === before) note(plugin, 'mutating', 'unchanged')
    else note(plugin, 'mutating', 'changed', undefined, changedFields(before, after))
  }
  return {
    warnings,
    annotations,
    mayWait: () => waits,
    missing: hooks?.missing ?? NONE,
    get draft() {
      return draft
    },
    mutate(object, old, name) {
      const plug = (first: KubernetesObject): KubernetesObject | Status => {
        let next = first
        const attributes = { ...known, old, name }
        for (const plugin of plugins) {
          if (!plugin.mutate) continue
          const after = plugin.mutate(next, attributes)
          if (isStatus(after)) {
            note(plugin.name, 'mutating', waits ? 'waits' : 'refused', after)
            return after
          }
          noteChange(plugin.name, next, after)
          next = after
        }
        return next
      }
      const plugged = draft ?? plug(object)
      if (isStatus(plugged) || !hooks) return plugged
      // What is made anew has names of its own by chance: webhooks go on with what the first of them was shown.
      if (old === undefined) draft = deepFreeze(plugged)
      const hooked = hooks.mutate(plugged, old, plug)
      if (hooks.missing.length > 0) return hooked
      if (isStatus(hooked)) note(PLUGIN_NAMES.mutating, 'mutating', 'refused', hooked)
      else if (hooked !== plugged) noteChange(PLUGIN_NAMES.mutating, plugged, hooked)
      return hooked
    },
    validate(object, old) {
      const { name = '' } = (object ?? old)?.metadata ?? {}
      const attributes = { ...known, old, name: info.name || name }
      for (const plugin of plugins) {
        if (!plugin.validate) continue
        const refused = plugin.validate(object, attributes)
        note(plugin.name, 'validating', refused ? 'refused' : 'admitted', refused)
        if (refused) return refused
      }
      const refused = hooks?.validate(object, old)
      if (hooks && hooks.missing.length === 0)
        note(PLUGIN_NAMES.validating, 'validating', refused ? 'refused' : 'admitted', refused)
      return refused
    },
  }
}
