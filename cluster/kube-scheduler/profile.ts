/**
 * A profile: which plugins run for the Pods of one `schedulerName`, in which order, with which weights and arguments.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/profile/profile.go`, `framework/runtime/framework.go`
 * (expandMultiPointPlugins).
 */
import type { Plugin, Registry } from './framework.ts'
import { DEFAULT_PLUGINS, DEFAULT_WEIGHTS } from './plugins/default-registry.ts'

/** The extension points, and the method of a plugin that makes it one for that point. */
const POINTS = {
  queueSort: 'less',
  preEnqueue: 'preEnqueue',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
} as const satisfies Record<string, keyof Plugin>

export type ExtensionPoint = keyof typeof POINTS

export const EXTENSION_POINTS = Object.keys(POINTS) as readonly ExtensionPoint[]

export interface PluginSet {
  /** Added after the defaults; a default one that is named here moves to the front of its point. */
  readonly enabled?: readonly string[]
  /** Taken away from the defaults; `*` takes them all. */
  readonly disabled?: readonly string[]
}

export interface ProfileOptions {
  readonly schedulerName: string
  /** For every point that a plugin has (upstream's `multiPoint`). */
  readonly plugins?: PluginSet
  /** For one point; comes before `plugins`. */
  readonly points?: Readonly<Partial<Record<ExtensionPoint, PluginSet>>>
  /** Weight of a plugin's score; see DEFAULT_WEIGHTS. */
  readonly weights?: Readonly<Record<string, number>>
  /** Arguments by plugin name. */
  readonly args?: Readonly<Record<string, unknown>>
  /** Instead of the scheduler's own setting. */
  readonly percentageOfNodesToScore?: number
}

export const DEFAULT_PROFILES: readonly ProfileOptions[] = Object.freeze([{ schedulerName: 'default-scheduler' }])

export interface Profile extends Readonly<Record<Exclude<ExtensionPoint, 'queueSort'>, readonly Plugin[]>> {
  readonly schedulerName: string
  readonly plugins: readonly Plugin[]
  /** Names of those that have no part in the binding cycle, and so no use for their CycleState after the choice. */
  readonly scratchPlugins: ReadonlySet<string>
  readonly percentageOfNodesToScore: number | undefined
  readonly less: NonNullable<Plugin['less']>
  weightOf(plugin: string): number
  pluginOf(name: string): Plugin | undefined
}

/** Throws when a name is in no registry, when arguments make no sense, or when QueueSort or Bind is missing. */
export function createProfile(options: ProfileOptions, registry: Registry): Profile {
  const { schedulerName, plugins: set = {}, points = {}, weights = {}, percentageOfNodesToScore } = options
  const made = new Map<string, Plugin>()
  const make = (name: string): Plugin => {
    let plugin = made.get(name)
    if (!plugin) made.set(name, (plugin = makePlugin(options, registry, name)))
    return plugin
  }
  const everywhere = merge(DEFAULT_PLUGINS, set).map(make)
  const at = (point: ExtensionPoint): Plugin[] => pluginsAt(point, everywhere, points[point], make)
  const [sort, ...others] = at('queueSort')
  if (!sort || others.length > 0) {
    throw new Error(
      `profile "${schedulerName}" needs exactly one queue sort plugin; enable PrioritySort or one of your own`,
    )
  }
  const lists = Object.fromEntries(EXTENSION_POINTS.map((point) => [point, at(point)])) as Record<
    ExtensionPoint,
    Plugin[]
  >
  if (lists.bind.length === 0) throw new Error(`profile "${schedulerName}" needs a bind plugin; enable DefaultBinder`)
  const binding = (['reserve', 'permit', 'preBind', 'bind', 'postBind'] as const).flatMap((point) => lists[point])
  return {
    ...lists,
    schedulerName,
    plugins: [...made.values()],
    scratchPlugins: new Set([...made.keys()].filter((name) => !binding.some((plugin) => plugin.name === name))),
    percentageOfNodesToScore,
    less: (a, b) => sort.less!(a, b),
    weightOf: (name) => weights[name] ?? DEFAULT_WEIGHTS[name] ?? 1,
    pluginOf: (name) => made.get(name),
  }
}

function makePlugin({ schedulerName, args = {} }: ProfileOptions, registry: Registry, name: string): Plugin {
  if (!Object.hasOwn(registry, name)) {
    throw new Error(
      `profile "${schedulerName}" enables "${name}", which is not in the registry: ${Object.keys(registry).join(', ')}`,
    )
  }
  const entry = registry[name]!
  if (typeof entry === 'function') return entry(args[name] ?? {})
  if (args[name] !== undefined) throw new Error(`profile "${schedulerName}": plugin "${name}" takes no arguments`)
  return entry
}

const merge = (defaults: readonly string[], { enabled = [], disabled = [] }: PluginSet): string[] => [
  ...new Set([...defaults.filter((name) => !disabled.includes('*') && !disabled.includes(name)), ...enabled]),
]

const hasPoint = (plugin: Plugin, point: ExtensionPoint): boolean =>
  plugin[POINTS[point]] !== undefined || (point === 'reserve' && plugin.unreserve !== undefined)

function pluginsAt(
  point: ExtensionPoint,
  everywhere: readonly Plugin[],
  { enabled = [], disabled = [] }: PluginSet = {},
  make: (name: string) => Plugin,
): Plugin[] {
  const having = everywhere.filter((plugin) => hasPoint(plugin, point))
  const own = enabled.map((name) => {
    const plugin = make(name)
    if (!hasPoint(plugin, point)) throw new Error(`plugin "${name}" does not extend the ${point} point`)
    return plugin
  })
  const rest = disabled.includes('*') ? [] : having.filter(({ name }) => !disabled.includes(name))
  return [
    ...own.filter((plugin) => having.includes(plugin)),
    ...rest.filter((plugin) => !own.includes(plugin)),
    ...own.filter((plugin) => !having.includes(plugin)),
  ]
}
