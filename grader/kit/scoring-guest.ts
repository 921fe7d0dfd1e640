/**
 * Score plugins and the part of the framework that adds them up, hosted: what a learner writes for `taint-score`.
 *
 * The guest keeps the nodes, and only NodeInfos that are new or have changed are sent. One call asks for all nodes: the loop
 * over them is inside the VM. Plugins for the learner's `prioritize` are made inside as well, from tables of points, and count
 * how often they are asked.
 */
import { podRequests } from '#cluster/api/pod-resources.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import { pluginParts } from './plugin-parts.ts'
import type { BareNodeInfo, Status } from './scheduler-guest.ts'
import { nodeInfo, wholeAmount } from './scheduler-guest.ts'
import type { Trial } from './trial.ts'

/** A node with what its Pods ask for; see `grader/modules/scheduler.d.ts`. */
export interface FullNodeInfo extends BareNodeInfo {
  readonly requested: Readonly<Record<string, number>>
}

/** Points of one plugin by node. What is no number is told in words. */
export interface Points {
  readonly raw: Readonly<Record<string, number | string>>
  readonly normalized: Readonly<Record<string, number | string>>
}

/** A Score plugin that reads its points from a table. */
export interface TablePlugin {
  readonly name: string
  readonly points: Readonly<Record<string, number>>
  /** `share`: the most becomes 100; `reverse`: the most becomes 0. Absent: it has no `normalizeScore`. */
  readonly normalize?: 'share' | 'reverse'
}

export interface Totals {
  readonly totals: Readonly<Record<string, number | string>>
  /** How often each plugin was asked, by plugin. */
  readonly asked: Readonly<Record<string, { readonly score: number; readonly normalizeScore: number }>>
}

const adapter = `${pluginParts}${String.raw`
export default (learner, tools) => {
  const own = typeof learner === 'function' ? new learner() : learner
  const statusOf = statusReader(tools)
  const nodes = new Map()
  const part = (name) => {
    const plugin = own[name]
    if (typeof plugin !== 'object' || plugin === null) tools.notAFunction('The default export has no plugin "' + name + '".')
    return plugin
  }
  const functionOf = (owner, name, path) => {
    if (typeof owner[name] !== 'function') tools.notAFunction('The default export has no function "' + path + '".')
  }
  const infosOf = (names) => names.map((name) => nodes.get(name))
  const shown = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : String(value))

  // Scores are read by name, once each: in which order they come is free.
  function scoresOf(list, names, who) {
    if (!Array.isArray(list)) tools.wrongType(who + ' must give a list of {name, score}.')
    const scores = new Map()
    for (let index = 0; index < list.length; index++) {
      const name = list[index]?.name
      if (!names.includes(name)) tools.wrongType(who + ' has a score for ' + String(name) + ', which is none of the nodes.')
      if (scores.has(name)) tools.wrongType(who + ' has two scores for ' + name + '.')
      scores.set(name, shown(list[index].score))
    }
    for (const name of names) if (!scores.has(name)) scores.set(name, 'nothing')
    return Object.fromEntries(scores)
  }

  // As the framework does: all nodes are scored, and all scores normalised together.
  function points(which, pod, names) {
    const plugin = part(which)
    functionOf(plugin, 'score', which + '.score')
    const state = cycleState()
    const raw = infosOf(names).map((info) => ({ name: info.node.metadata.name, score: plugin.score(state, pod, info) }))
    const told = Object.fromEntries(raw.map(({ name, score }) => [name, shown(score)]))
    if (plugin.normalizeScore === undefined) return { raw: told, normalized: told }
    functionOf(plugin, 'normalizeScore', which + '.normalizeScore')
    plugin.normalizeScore(state, pod, raw)
    return { raw: told, normalized: scoresOf(raw, names, which + '.normalizeScore') }
  }

  function tablePlugin({ name, points, normalize }, count) {
    const score = (_state, _pod, info) => { count.score++; return points[info.node.metadata.name] }
    if (normalize === undefined) return Object.freeze({ name, score })
    const normalizeScore = (_state, _pod, scores) => {
      count.normalizeScore++
      const most = Math.max(0, ...scores.map((each) => each.score))
      const share = (value) => (most === 0 ? 0 : Math.floor((100 * value) / most))
      for (const each of scores) each.score = normalize === 'reverse' ? 100 - share(each.score) : share(each.score)
    }
    return Object.freeze({ name, score, normalizeScore })
  }

  return {
    update(changed, removed) {
      for (const info of changed) nodes.set(info.node.metadata.name, info)
      for (const name of removed) nodes.delete(name)
    },
    filters(pod, names) {
      const plugin = part('taintToleration')
      functionOf(plugin, 'filter', 'taintToleration.filter')
      const state = cycleState()
      return Object.fromEntries(infosOf(names).map((info) => [info.node.metadata.name,
        statusOf(plugin.filter(state, pod, info), 'filter(' + pod.metadata.name + ', ' + info.node.metadata.name + ')')]))
    },
    points,
    totals(pod, names, tables, weights) {
      functionOf(own, 'prioritize', 'prioritize')
      const asked = Object.fromEntries(tables.map(({ name }) => [name, { score: 0, normalizeScore: 0 }]))
      const plugins = Object.freeze(tables.map((table) => tablePlugin(table, asked[table.name])))
      const answer = own.prioritize(cycleState(), pod, Object.freeze(infosOf(names)), plugins, weights)
      return { totals: scoresOf(answer, names, 'prioritize'), asked }
    },
    // mulberry32: its numbers are the same in every host.
    winners(scores, seed, times) {
      functionOf(own, 'selectHost', 'selectHost')
      let at = seed | 0
      const random = () => {
        at = (at + 0x6d2b79f5) | 0
        let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
      }
      const counts = new Map()
      for (let time = 0; time < times; time++) {
        const name = String(own.selectHost(scores, random))
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
      return Object.fromEntries(counts)
    },
  }
}
`}`

/** First argument of `defineChecks`. */
export function scoringGuest(): GuestShape {
  return { adapter }
}

/** A NodeInfo with the sum of what the Pods bound to it ask for. */
export function fullNodeInfo(node: Node, pods: readonly Pod[] = []): FullNodeInfo {
  const bare = nodeInfo(node, pods)
  const sums: Record<string, number> = {}
  const held = bare.pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
  for (const pod of held)
    for (const [name, amount] of Object.entries(podRequests(pod))) sums[name] = (sums[name] ?? 0) + amount
  const requested = Object.fromEntries(Object.entries(sums).map(([name, amount]) => [name, wholeAmount(name, amount)]))
  return { ...bare, requested }
}

/** One learner's plugins in one guest. */
export class ScoringPlugins {
  readonly guest: Guest
  readonly #trial: Trial<any>
  #known = new Map<string, FullNodeInfo>()

  constructor(trial: Trial<any>) {
    this.#trial = trial
    this.guest = trial.start()
  }

  /** Makes these the nodes. NodeInfos that are the same objects as before are not sent again. */
  update(infos: readonly FullNodeInfo[]): void {
    const changed = infos.filter((info) => this.#known.get(info.node.metadata.name) !== info)
    const names = new Set(infos.map(({ node }) => node.metadata.name))
    const removed = [...this.#known.keys()].filter((name) => !names.has(name))
    this.#known = new Map(infos.map((info) => [info.node.metadata.name, info]))
    if (changed.length + removed.length > 0) this.#trial.call(this.guest, 'update', [changed, removed])
  }

  /** What `taintToleration.filter` says of each node. */
  filters(pod: Pod, names: readonly string[] = [...this.#known.keys()]): Readonly<Record<string, Status>> {
    return this.#trial.call(this.guest, 'filters', [pod, names], `filter for Pod ${pod.metadata.name}`) as never
  }

  points(
    plugin: 'taintToleration' | 'leastAllocated',
    pod: Pod,
    names: readonly string[] = [...this.#known.keys()],
  ): Points {
    return this.#trial.call(
      this.guest,
      'points',
      [plugin, pod, names],
      `${plugin} for Pod ${pod.metadata.name}`,
    ) as Points
  }

  totals(
    pod: Pod,
    plugins: readonly TablePlugin[],
    weights: Readonly<Record<string, number>>,
    names: readonly string[] = [...this.#known.keys()],
  ): Totals {
    return this.#trial.call(this.guest, 'totals', [pod, names, plugins, weights], 'prioritize') as Totals
  }

  /** How often each node was chosen by `selectHost`, asked so many times. */
  winners(
    scores: readonly { readonly name: string; readonly score: number }[],
    seed: number,
    times: number,
  ): Readonly<Record<string, number>> {
    return this.#trial.call(this.guest, 'winners', [scores, seed, times], 'selectHost') as never
  }
}
