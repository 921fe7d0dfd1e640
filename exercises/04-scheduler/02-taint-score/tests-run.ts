/** How a submission is held against a learner's own examples for `taint-score`. */
import { fullNodeInfo, node, pod, type Said, ScoringPlugins, type TablePlugin, type Trial } from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { say } from './tests-texts.ts'

export type ByNode<T> = Readonly<Record<string, T>>

/** The plugins are asked about nodes. */
export interface PluginsQuestion {
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly pod: Pod
  readonly expect: {
    readonly filter?: ByNode<'Success' | 'UnschedulableAndUnresolvable'>
    readonly counts?: ByNode<number>
    readonly points?: ByNode<number>
    readonly room?: ByNode<number>
  }
}

interface Totals {
  readonly nodes: readonly string[]
  readonly plugins: readonly (TablePlugin & { readonly weight?: number })[]
  readonly expect: {
    readonly totals?: ByNode<number>
    readonly calls?: Readonly<Record<string, { readonly score?: number; readonly normalizeScore?: number }>>
  }
}

interface Choice {
  readonly scores: readonly { readonly name: string; readonly score: number }[]
  readonly chosen: readonly string[]
}

export type Example = { readonly asked: readonly PluginsQuestion[] } | Totals | Choice

export function run(trial: Trial<any>, example: Example): void {
  const plugins = new ScoringPlugins(trial)
  if ('asked' in example) for (const question of example.asked) askPlugins(trial, plugins, question)
  else if ('plugins' in example) askTotals(trial, plugins, example)
  else askChoice(trial, plugins, example)
}

function same<T>(
  trial: Trial<any>,
  found: Readonly<Record<string, unknown>>,
  expected: ByNode<T> | undefined,
  told: (name: string) => Said,
): void {
  for (const [name, right] of Object.entries(expected ?? {})) trial.equal(found[name], right, told(name))
}

function askPlugins(trial: Trial<any>, plugins: ScoringPlugins, { nodes, pods, pod: coming, expect }: PluginsQuestion) {
  plugins.update(nodes.map((each) => fullNodeInfo(each, pods)))
  const about = (name: string) => ({ pod: coming.metadata.name, node: name })
  if (expect.filter) {
    const answers = plugins.filters(coming)
    for (const [name, right] of Object.entries(expect.filter)) {
      const { code, reasons } = answers[name]!
      trial.equal(code, right, say('filter', about(name)))
      if (code !== 'Success' && !reasons.some((reason) => reason.trim() !== ''))
        trial.fail({
          message: say('no-reason', about(name)),
          expected: say('a-reason', { code }),
          actual: code,
        })
    }
  }
  if (expect.counts || expect.points) {
    const { raw, normalized } = plugins.points('taintToleration', coming)
    same(trial, raw, expect.counts, (name) => say('counts', about(name)))
    same(trial, normalized, expect.points, (name) => say('points', about(name)))
  }
  if (!expect.room) return
  same(trial, plugins.points('leastAllocated', coming).normalized, expect.room, (name) => say('room', about(name)))
}

function askTotals(trial: Trial<any>, asked: ScoringPlugins, { nodes, plugins, expect }: Totals): void {
  asked.update(nodes.map((name) => fullNodeInfo(node(name))))
  const weights = Object.fromEntries(
    plugins.flatMap(({ name, weight }) => (weight === undefined ? [] : [[name, weight]])),
  )
  const coming = pod('web').requests({ cpu: '500m', memory: '1Gi' })
  const found = asked.totals(coming, plugins, weights)
  same(trial, found.totals, expect.totals, (name) => say('totals', { node: name }))
  for (const [plugin, calls] of Object.entries(expect.calls ?? {}))
    same(trial, found.asked[plugin]!, calls, (call) => say('calls', { plugin, call }))
}

const TIMES = 2000

function askChoice(trial: Trial<any>, plugins: ScoringPlugins, { scores, chosen }: Choice): void {
  const counts = plugins.winners(scores, trial.seed, TIMES)
  const [share, chance] = [TIMES / chosen.length, 1 / chosen.length]
  // Five standard deviations: honest chance does not get there.
  const slack = 5 * Math.sqrt(TIMES * chance * (1 - chance))
  const isFair = chosen.every((name) => Math.abs((counts[name] ?? 0) - share) <= slack)
  if (isFair && Object.keys(counts).every((name) => chosen.includes(name))) return
  trial.fail({
    message: say('chosen', { times: TIMES }),
    expected: say('about-each', { count: Math.round(share), names: chosen.join(', ') }),
    actual: Object.entries(counts)
      .map(([name, count]) => `${count} × ${name}`)
      .join(', '),
  })
}
