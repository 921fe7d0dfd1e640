/**
 * A profile: which plugins run for the Pods of one `schedulerName`, in which order, with which weights.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/profile/profile.go`, `framework/runtime/framework.go`.
 */
import type { Plugin, Registry } from './framework.ts'
import { DEFAULT_PLUGINS, DEFAULT_WEIGHTS } from './plugins/default-registry.ts'

export interface ProfileOptions {
  readonly schedulerName: string
  readonly plugins?: {
    /** Added after the defaults. */
    readonly enabled?: readonly string[]
    /** Taken away from the defaults; `*` takes them all. */
    readonly disabled?: readonly string[]
  }
  /** Weight of a plugin's score; default 1, TaintToleration 3, NodeAffinity 2. */
  readonly weights?: Readonly<Record<string, number>>
}

export const DEFAULT_PROFILES: readonly ProfileOptions[] = Object.freeze([{ schedulerName: 'default-scheduler' }])

export interface Profile {
  readonly schedulerName: string
  readonly plugins: readonly Plugin[]
  readonly preEnqueue: readonly Plugin[]
  readonly preFilter: readonly Plugin[]
  readonly filter: readonly Plugin[]
  readonly postFilter: readonly Plugin[]
  readonly preScore: readonly Plugin[]
  readonly score: readonly Plugin[]
  readonly reserve: readonly Plugin[]
  readonly permit: readonly Plugin[]
  readonly preBind: readonly Plugin[]
  readonly bind: readonly Plugin[]
  readonly postBind: readonly Plugin[]
  readonly less: NonNullable<Plugin['less']>
  weightOf(plugin: string): number
}

/** Throws when a name is in no registry, or when QueueSort or Bind is missing. */
export function createProfile(options: ProfileOptions, registry: Registry): Profile {
  const { schedulerName, plugins: { enabled = [], disabled = [] } = {}, weights = {} } = options
  const defaults = DEFAULT_PLUGINS.filter((name) => !disabled.includes('*') && !disabled.includes(name))
  const plugins = [...new Set([...defaults, ...enabled])].map((name) => {
    if (!Object.hasOwn(registry, name)) {
      throw new Error(
        `profile "${schedulerName}" enables "${name}", which is not in the registry: ${Object.keys(registry).join(', ')}`,
      )
    }
    return registry[name]!
  })
  const having = (point: keyof Plugin): Plugin[] => plugins.filter((plugin) => plugin[point] !== undefined)
  const [sort, ...others] = having('less')
  if (!sort || others.length > 0) {
    throw new Error(
      `profile "${schedulerName}" needs exactly one queue sort plugin; enable PrioritySort or one of your own`,
    )
  }
  if (having('bind').length === 0)
    throw new Error(`profile "${schedulerName}" needs a bind plugin; enable DefaultBinder`)
  return {
    schedulerName,
    plugins,
    preEnqueue: having('preEnqueue'),
    preFilter: having('preFilter'),
    filter: having('filter'),
    postFilter: having('postFilter'),
    preScore: having('preScore'),
    score: having('score'),
    reserve: plugins.filter(({ reserve, unreserve }) => reserve !== undefined || unreserve !== undefined),
    permit: having('permit'),
    preBind: having('preBind'),
    bind: having('bind'),
    postBind: having('postBind'),
    less: (a, b) => sort.less!(a, b),
    weightOf: (name) => weights[name] ?? DEFAULT_WEIGHTS[name] ?? 1,
  }
}
