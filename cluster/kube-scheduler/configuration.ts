/**
 * KubeSchedulerConfiguration (`kubescheduler.config.k8s.io/v1`): the file behind `kube-scheduler --config`.
 *
 * What the real one does: profiles with plugin sets per extension point and `multiPoint`, weights, arguments per plugin.
 * What we model: those, percentageOfNodesToScore, the back-off, leaderElection.leaderElect; upstream's validation, all errors at
 * once, in its words. `parallelism` is checked and changes nothing: a cycle is one step.
 * What we leave out: client connection, metrics and health addresses; naming one is an error, so that nobody
 * believes it counted.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/kube-scheduler/config/v1/types.go`,
 * `pkg/scheduler/apis/config/validation/{validation,validation_pluginargs}.go`.
 */
import type { ExtenderOptions } from './extender-types.ts'
import type { ExtensionPoint, PluginSet, ProfileOptions } from './profile.ts'
import { EXTENSION_POINTS } from './profile.ts'
import { argumentErrors, invalidField } from './plugin-arguments.ts'

interface PluginRow {
  readonly name: string
  readonly weight?: number
}

interface ConfiguredSet {
  readonly enabled?: readonly PluginRow[]
  readonly disabled?: readonly PluginRow[]
}

export interface KubeSchedulerProfile {
  readonly schedulerName?: string
  readonly percentageOfNodesToScore?: number
  readonly plugins?: Readonly<Partial<Record<ExtensionPoint | 'multiPoint', ConfiguredSet>>>
  readonly pluginConfig?: readonly { readonly name: string; readonly args: unknown }[]
}

export interface KubeSchedulerConfiguration {
  readonly apiVersion: string
  readonly kind: string
  readonly profiles?: readonly KubeSchedulerProfile[]
  readonly percentageOfNodesToScore?: number
  /** Default 16. */
  readonly parallelism?: number
  readonly podInitialBackoffSeconds?: number
  readonly podMaxBackoffSeconds?: number
  readonly extenders?: readonly ExtenderOptions[]
  readonly leaderElection?: { readonly leaderElect?: boolean }
}

const API_VERSION = 'kubescheduler.config.k8s.io/v1'
const KNOWN = new Set([
  'apiVersion',
  'kind',
  'profiles',
  'percentageOfNodesToScore',
  'parallelism',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'leaderElection',
  'extenders',
])
const SECOND = 1_000_000

/** What the file stands for; a field that it leaves out is left out here. */
interface Configured {
  readonly profiles?: readonly ProfileOptions[]
  readonly percentageOfNodesToScore?: number
  readonly backoff: { readonly initialMicros: number; readonly maxMicros: number }
  readonly leaderElect?: boolean
  readonly extenders?: readonly ExtenderOptions[]
}

/** Throws with all that is wrong, field by field. */
export function optionsFrom(configuration: KubeSchedulerConfiguration): Configured {
  const { apiVersion, kind, profiles, percentageOfNodesToScore, leaderElection } = configuration
  const { podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = configuration
  if (apiVersion !== API_VERSION || kind !== 'KubeSchedulerConfiguration')
    throw new Error(
      `no kind "${kind}" is registered for version "${apiVersion}"; want ${API_VERSION} KubeSchedulerConfiguration`,
    )
  const unknown = Object.keys(configuration).filter((field) => !KNOWN.has(field))
  const errors = [...unknown.map((field) => `unknown field "${field}"`), ...errorsOf(configuration)]
  if (errors.length > 0) throw new Error(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
  const list = profiles?.map(profileFrom)
  return {
    ...(list && list.length > 0 && { profiles: list }),
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
    backoff: { initialMicros: podInitialBackoffSeconds * SECOND, maxMicros: podMaxBackoffSeconds * SECOND },
    ...(configuration.extenders?.length && { extenders: configuration.extenders }),
    ...(leaderElection?.leaderElect !== undefined && { leaderElect: leaderElection.leaderElect }),
  }
}

function errorsOf(configuration: KubeSchedulerConfiguration): string[] {
  const { profiles = [], percentageOfNodesToScore, parallelism = 16 } = configuration
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: longest = 10 } = configuration
  const errors: string[] = []
  if (!(parallelism > 0))
    errors.push(invalidField('parallelism', parallelism, 'should be an integer value greater than zero'))
  profiles.forEach((profile, i) => errors.push(...profileErrors(profile, `profiles[${i}]`, profiles, i)))
  errors.push(...percentageErrors('percentageOfNodesToScore', percentageOfNodesToScore))
  if (!(initial > 0)) errors.push(invalidField('podInitialBackoffSeconds', initial, 'must be greater than 0'))
  if (!(longest >= initial))
    errors.push(
      invalidField('podMaxBackoffSeconds', longest, 'must be greater than or equal to PodInitialBackoffSeconds'),
    )
  errors.push(...extenderErrors(configuration.extenders ?? []))
  return errors
}

function extenderErrors(extenders: readonly ExtenderOptions[]): string[] {
  const errors = extenders.flatMap(({ prioritizeVerb, weight }, i) =>
    prioritizeVerb && !(weight! > 0)
      ? [invalidField(`extenders[${i}].weight`, weight ?? 0, 'must have a positive weight applied to it')]
      : [],
  )
  const binders = extenders.filter(({ bindVerb }) => bindVerb).length
  if (binders > 1)
    errors.push(
      invalidField('extenders', `found ${binders} extenders implementing bind`, 'only one extender can implement bind'),
    )
  return errors
}

function percentageErrors(field: string, value: number | undefined): string[] {
  if (value === undefined || (value >= 0 && value <= 100)) return []
  return [invalidField(field, value, 'not in valid range [0-100]')]
}

const nameOf = ({ schedulerName = 'default-scheduler' }: KubeSchedulerProfile): string => schedulerName

function profileErrors(
  profile: KubeSchedulerProfile,
  field: string,
  all: readonly KubeSchedulerProfile[],
  place: number,
): string[] {
  const { plugins = {}, pluginConfig = [], percentageOfNodesToScore } = profile
  const name = nameOf(profile)
  const errors: string[] = []
  if (name === '') errors.push(`${field}.schedulerName: Required value`)
  errors.push(...percentageErrors(`${field}.percentageOfNodesToScore`, percentageOfNodesToScore))
  for (const point of Object.keys(plugins))
    if (point !== 'multiPoint' && !EXTENSION_POINTS.includes(point as ExtensionPoint))
      errors.push(`unknown field "${field}.plugins.${point}"`)
  pluginConfig.forEach(({ name: plugin, args }, i) => {
    const at = `${field}.pluginConfig[${i}]`
    if (pluginConfig.findIndex((other) => other.name === plugin) < i) errors.push(`${at}: Duplicate value: "${plugin}"`)
    errors.push(...argumentErrors(plugin, args).map((error) => `${at}.${error}`))
  })
  if (all.findIndex((other) => nameOf(other) === name) < place)
    errors.push(`${field}.schedulerName: Duplicate value: "${name}"`)
  const sorters = ({ plugins: { queueSort } = {} }: KubeSchedulerProfile) => JSON.stringify(queueSort ?? {})
  if (sorters(profile) !== sorters(all[0]!))
    errors.push(invalidField(`${field}.plugins.queueSort`, plugins.queueSort ?? {}, 'has to match for all profiles'))
  return errors
}

function profileFrom(profile: KubeSchedulerProfile): ProfileOptions {
  const { schedulerName = 'default-scheduler', plugins = {}, pluginConfig = [], percentageOfNodesToScore } = profile
  const weights: Record<string, number> = {}
  const points: Partial<Record<ExtensionPoint, PluginSet>> = {}
  for (const [point, set] of Object.entries(plugins)) {
    if (point !== 'multiPoint') points[point as ExtensionPoint] = namesOf(set)
    // A weight given at `score` comes before one given at `multiPoint`.
    for (const { name, weight } of set.enabled ?? []) {
      if (weight === undefined || weight === 0) continue
      if (point === 'score' || (point === 'multiPoint' && !Object.hasOwn(weights, name))) weights[name] = weight
    }
  }
  const args: Record<string, unknown> = {}
  for (const { name, args: given } of pluginConfig) args[name] = given
  return {
    schedulerName,
    plugins: namesOf(plugins.multiPoint),
    points,
    weights,
    args,
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
  }
}

const namesOf = ({ enabled = [], disabled = [] }: ConfiguredSet = {}): PluginSet => ({
  enabled: enabled.map(({ name }) => name),
  disabled: disabled.map(({ name }) => name),
})
