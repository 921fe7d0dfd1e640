/**
 * PodSecurity: a namespace says by its labels how safe its Pods must be.
 *
 * `enforce` refuses Pods; `warn` and `audit` tell of them, and of the templates from which they will be made. A namespace that
 * is made stricter warns of the Pods that it has already.
 * What we leave out: exemptions, defaults for the whole cluster, the limits on how many Pods of a namespace are looked at.
 * Where to read upstream: pod-security-admission `admission/admission.go`, `api/{constants,helpers}.go`.
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Namespace, Pod, PodTemplateSpec, Status } from '#cluster/api/types.ts'
import { isEqual } from '#cluster/api/meta.ts'
import { type FieldError, invalid, invalidValue } from '../../status.ts'
import { objectsIn } from '../../watch/watch-cache.ts'
import { type AdmissionPlugin, type Attributes, forbid, lookUp } from '../plugin.ts'
import { BASELINE, BASELINE_ALONE } from './baseline.ts'
import type { Violation } from './check.ts'
import { RESTRICTED } from './restricted.ts'

const PREFIX = 'pod-security.kubernetes.io/'
const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted']
const MODES = ['enforce', 'audit', 'warn'] as const
type Mode = (typeof MODES)[number]

interface Policy {
  readonly level: string
  readonly version: string
}

function policyOf(namespace: KubernetesObject | undefined, mode: Mode): Policy {
  const labels = namespace?.metadata.labels ?? {}
  return { level: labels[PREFIX + mode] ?? 'privileged', version: labels[`${PREFIX}${mode}-version`] || 'latest' }
}

const textOf = ({ level, version }: Policy): string => JSON.stringify(`${level}:${version}`)

const CHECKS = { baseline: [...BASELINE, ...BASELINE_ALONE], restricted: [...BASELINE, ...RESTRICTED] }

function violationsOf({ level }: Policy, pod: Pick<Pod, 'metadata' | 'spec'>): readonly Violation[] {
  if (!LEVELS.includes(level) || level === 'privileged' || !Array.isArray(pod.spec?.containers)) return []
  return (level === 'baseline' ? CHECKS.baseline : CHECKS.restricted).flatMap((check) => check(pod) ?? [])
}

const inFull = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

const reasons = (violations: readonly Violation[]): string => violations.map(({ reason }) => reason).join(', ')

// ── Pods and their templates ────────────────────────────────────────────────────────────────────────────────────────

function admitPod(pod: Pick<Pod, 'metadata' | 'spec'>, attributes: Attributes, modes: readonly Mode[]) {
  const namespace = lookUp<Namespace>(attributes, 'namespaces', attributes.info.namespace)
  // Modes often ask for the same level.
  const known: Record<string, readonly Violation[]> = {}
  const found = (mode: Mode): readonly [Policy, readonly Violation[]] => {
    const policy = policyOf(namespace, mode)
    return [policy, (known[policy.level] ??= violationsOf(policy, pod))]
  }
  if (modes.includes('audit')) {
    const [policy, violations] = found('audit')
    if (violations.length > 0) attributes.annotate(`${PREFIX}audit-violations`, `would violate PodSecurity ${textOf(policy)}: ${inFull(violations)}`) // prettier-ignore
  }
  if (modes.includes('enforce')) {
    const [policy, violations] = found('enforce')
    attributes.annotate(`${PREFIX}enforce-policy`, `${policy.level}:${policy.version}`)
    if (violations.length > 0)
      return forbid(attributes, `violates PodSecurity ${textOf(policy)}: ${inFull(violations)}`)
  }
  const [policy, violations] = found('warn')
  if (violations.length > 0) attributes.warn(`would violate PodSecurity ${textOf(policy)}: ${inFull(violations)}`)
  return undefined
}

/** Where the template of a kind is. */
const TEMPLATES: Readonly<Record<string, (object: any) => PodTemplateSpec | undefined>> = {
  podtemplates: (object) => object.template,
  replicationcontrollers: (object) => object.spec?.template,
  replicasets: (object) => object.spec?.template,
  deployments: (object) => object.spec?.template,
  daemonsets: (object) => object.spec?.template,
  statefulsets: (object) => object.spec?.template,
  jobs: (object) => object.spec?.template,
  cronjobs: (object) => object.spec?.jobTemplate?.spec?.template,
}

/** What a Pod that exists can still become: nothing else of its spec matters here. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const images = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image)
  const { ephemeralContainers: now } = pod.spec as any
  const { ephemeralContainers: before } = old.spec as any
  return !isEqual(images(pod), images(old)) || !isEqual(now ?? [], before ?? [])
}

// ── namespaces ──────────────────────────────────────────────────────────────────────────────────────────────────────

const VERSION = /^(?:latest|v1\.(?:0|[1-9]\d*))$/

function labelErrors(namespace: Namespace): FieldError[] {
  const labels = namespace.metadata.labels ?? {}
  return MODES.flatMap((mode) => {
    const [level, version] = [labels[PREFIX + mode], labels[`${PREFIX}${mode}-version`]]
    const field = (name: string): string => `metadata.labels[${PREFIX}${name}]`
    return [
      ...(level === undefined || LEVELS.includes(level) ? [] : [invalidValue(field(mode), level, `must be one of ${LEVELS.join(', ')}`)]), // prettier-ignore
      ...(version === undefined || VERSION.test(version) ? [] : [invalidValue(field(`${mode}-version`), version, `must be "latest" or "v1.x"`)]), // prettier-ignore
    ]
  })
}

function warnOfPods(namespace: Namespace, policy: Policy, attributes: Attributes): void {
  const byReason = new Map<string, string[]>()
  for (const object of objectsIn(attributes.caches['pods']!, namespace.metadata.name)) {
    const violations = violationsOf(policy, object as Pod)
    if (violations.length === 0) continue
    const why = reasons(violations)
    byReason.set(why, [...(byReason.get(why) ?? []), object.metadata.name])
  }
  if (byReason.size === 0) return
  attributes.warn(`existing pods in namespace ${JSON.stringify(namespace.metadata.name)} violate the new PodSecurity enforce level ${textOf(policy)}`) // prettier-ignore
  const texts = [...byReason].map(([why, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`
    return `${first}${more}: ${why}`
  })
  for (const text of texts.toSorted()) attributes.warn(text)
}

function admitNamespace(namespace: Namespace, attributes: Attributes): Status | undefined {
  const errors = labelErrors(namespace)
  const old = attributes.old as Namespace | undefined
  if (errors.length > 0) {
    // One that was wrong before may stay so, or nobody could change anything else of it.
    if (old && isEqual(labelErrors(old), errors)) return undefined
    return invalid(attributes.info.resource, namespace.metadata.name, errors)
  }
  const [now, before] = [policyOf(namespace, 'enforce'), policyOf(old, 'enforce')]
  if (old && now.level !== 'privileged' && !isEqual(now, before)) warnOfPods(namespace, now, attributes)
  return undefined
}

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles({ resource, verb, subresource }) {
    if (verb !== 'create' && verb !== 'update' && verb !== 'patch') return false
    if (subresource === 'ephemeralcontainers') return true
    if (subresource !== '') return false
    return keyOf(resource) === 'pods' || keyOf(resource) === 'namespaces' || Object.hasOwn(TEMPLATES, keyOf(resource)) // prettier-ignore
  },
  reads: ['pods'],
  validate(object, attributes) {
    const { resource } = attributes.info
    if (keyOf(resource) === 'namespaces') return admitNamespace(object, attributes)
    if (keyOf(resource) === 'pods') {
      const old = attributes.old as Pod | undefined
      return old && !isSignificant(object, old) ? undefined : admitPod(object, attributes, MODES)
    }
    const template = TEMPLATES[keyOf(resource)]!(object)
    if (!template?.spec) return undefined
    return admitPod({ metadata: (template.metadata ?? {}) as Pod['metadata'], spec: template.spec }, attributes, ['audit', 'warn']) // prettier-ignore
  },
}
