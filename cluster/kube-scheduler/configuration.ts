/**
 * KubeSchedulerConfiguration (`kubescheduler.config.k8s.io/v1`): the file behind `kube-scheduler --config`.
 *
 * What the real one does: profiles with plugin sets per extension point and `multiPoint`, weights, arguments per plugin.
 * What we model: those, percentageOfNodesToScore, the back-off, leaderElection.leaderElect.
 * What we leave out: extenders, client connection, parallelism, metrics and health addresses; naming one is an error, so that
 * nobody believes it counted.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/kube-scheduler/config/v1/types.go`.
 */
import type { ExtensionPoint, PluginSet, ProfileOptions } from './profile.ts'
import { EXTENSION_POINTS } from './profile.ts'

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
  readonly podInitialBackoffSeconds?: number
  readonly podMaxBackoffSeconds?: number
  readonly leaderElection?: { readonly leaderElect?: boolean }
}

const API_VERSION = 'kubescheduler.config.k8s.io/v1'
const KNOWN = new Set([
  'apiVersion',
  'kind',
  'profiles',
  'percentageOfNodesToScore',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'leaderElection',
])
const SECOND = 1_000_000

/** What the file stands for; a field that it leaves out is left out here. */
interface Configured {
  readonly profiles?: readonly ProfileOptions[]
  readonly percentageOfNodesToScore?: number
  readonly backoff: { readonly initialMicros: number; readonly maxMicros: number }
  readonly leaderElect?: boolean
}

/** Throws with the field that is wrong. */
export function optionsFrom(configuration: KubeSchedulerConfiguration): Configured {
  const { apiVersion, kind, profiles, percentageOfNodesToScore, leaderElection } = configuration
  const { podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = configuration
  if (apiVersion !== API_VERSION || kind !== 'KubeSchedulerConfiguration')
    throw new Error(`want ${API_VERSION} KubeSchedulerConfiguration, got ${apiVersion} ${kind}`)
  for (const field of Object.keys(configuration)) if (!KNOWN.has(field)) throw new Error(`unknown field "${field}"`)
  checkPercentage('percentageOfNodesToScore', percentageOfNodesToScore)
  if (!(podInitialBackoffSeconds > 0)) throw new Error('podInitialBackoffSeconds: must be greater than 0')
  if (!(podMaxBackoffSeconds >= podInitialBackoffSeconds))
    throw new Error('podMaxBackoffSeconds: must be greater than or equal to podInitialBackoffSeconds')
  const list = profiles?.map(profileFrom)
  const names = (list ?? []).map(({ schedulerName }) => schedulerName)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`profiles: duplicate schedulerName "${twice}"`)
  return {
    ...(list && list.length > 0 && { profiles: list }),
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
    backoff: { initialMicros: podInitialBackoffSeconds * SECOND, maxMicros: podMaxBackoffSeconds * SECOND },
    ...(leaderElection?.leaderElect !== undefined && { leaderElect: leaderElection.leaderElect }),
  }
}

function checkPercentage(field: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value <= 100)) throw new Error(`${field}: ${value} is not in [0, 100]`)
}

function profileFrom(profile: KubeSchedulerProfile): ProfileOptions {
  const { schedulerName = 'default-scheduler', plugins = {}, pluginConfig = [], percentageOfNodesToScore } = profile
  checkPercentage(`profiles: percentageOfNodesToScore`, percentageOfNodesToScore)
  const weights: Record<string, number> = {}
  const points: Partial<Record<ExtensionPoint, PluginSet>> = {}
  for (const [point, set] of Object.entries(plugins)) {
    if (point !== 'multiPoint' && !EXTENSION_POINTS.includes(point as ExtensionPoint))
      throw new Error(`profiles: unknown extension point "${point}"`)
    if (point !== 'multiPoint') points[point as ExtensionPoint] = namesOf(set)
    // A weight given at `score` comes before one given at `multiPoint`.
    for (const { name, weight } of set.enabled ?? []) {
      if (weight === undefined || weight === 0) continue
      if (point === 'score' || (point === 'multiPoint' && !Object.hasOwn(weights, name))) weights[name] = weight
    }
  }
  const args: Record<string, unknown> = {}
  for (const { name, args: given } of pluginConfig) {
    if (Object.hasOwn(args, name)) throw new Error(`profiles: repeated pluginConfig for "${name}"`)
    args[name] = given
  }
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
