/**
 * What the simulation's own scheduler plugins say of a Pod and some nodes: the reference of differentials.
 *
 * One cycle of the plugins that are named, in their order, on a snapshot of its own. Nothing of the kube-scheduler around
 * them runs: no queue, no assumed Pods.
 */
import { isPodFinished } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import { createCache, nodesOf, setNode, setPod } from '#cluster/kube-scheduler/cache.ts'
import type { CycleState, Nodes, NodeScore, Plugin, Registry } from '#cluster/kube-scheduler/framework.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import type { Status } from './scheduler-guest.ts'

const SUCCESS: Status = { code: 'Success', reasons: [] }

export class ReferenceCycle {
  readonly #plugins: readonly Plugin[]
  readonly #skipped = new Set<Plugin>()
  readonly #state: CycleState = {}
  readonly #pod: Pod
  readonly #nodes: Nodes

  constructor(plugins: readonly string[], pod: Pod, nodes: readonly Node[], pods: readonly Pod[]) {
    this.#plugins = plugins.map((name) => {
      const entry = (defaultRegistry as Registry)[name]!
      return typeof entry === 'function' ? entry({}) : entry
    })
    this.#pod = pod
    const cache = createCache()
    for (const node of nodes) setNode(cache, node)
    for (const each of pods) if (each.spec.nodeName !== undefined && !isPodFinished(each)) setPod(cache, each)
    this.#nodes = nodesOf(cache)
    for (const plugin of this.#plugins) {
      const said = plugin.preFilter?.(this.#state, pod, this.#nodes)
      if (said && 'code' in said && said.code === 'Skip') this.#skipped.add(plugin)
    }
  }

  /** What each plugin that refuses says of the node, by its name. */
  refusals(nodeName: string): ReadonlyMap<string, Status> {
    const refusals = new Map<string, Status>()
    for (const plugin of this.#plugins) {
      if (this.#skipped.has(plugin)) continue
      const said = plugin.filter?.(this.#state, this.#pod, this.#nodes.get(nodeName)!)
      if (said) refusals.set(plugin.name, { code: said.code as Status['code'], reasons: said.reasons })
    }
    return refusals
  }

  /** What the first plugin that refuses says; Success where none does. */
  filter(nodeName: string): Status {
    return this.refusals(nodeName).values().next().value ?? SUCCESS
  }

  /** Points of a plugin for these nodes: as `score` has them, and normalised. */
  points(
    plugin: string,
    names: readonly string[],
  ): { raw: Record<string, number>; normalized: Record<string, number> } {
    const { preScore, score, normalizeScore } = this.#plugins.find(({ name }) => name === plugin)!
    const infos = names.map((name) => this.#nodes.get(name)!)
    preScore?.(this.#state, this.#pod, infos, this.#nodes)
    const scores: NodeScore[] = infos.map((info) => ({ name: info.name, score: score!(this.#state, this.#pod, info) }))
    const byName = () => Object.fromEntries(scores.map((each) => [each.name, each.score]))
    const raw = byName()
    normalizeScore?.(this.#state, this.#pod, scores)
    return { raw, normalized: byName() }
  }
}
