/** Checks of `taint-score`: tolerations, points, sums and ties, each against the simulation's own; and the whole in a live cluster. */
import {
  cost,
  defineChecks,
  differential,
  example,
  node,
  pod,
  property,
  scoringGuest,
  ScoringPlugins,
  type TablePlugin,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod, Taint, Toleration } from 'clusterwright/api'
import {
  type Case,
  type EqualsCase,
  equalsCase,
  filterCase,
  pointsCase,
  type Round,
  SHRINK,
  type TotalsCase,
  totalsCase,
} from './cases.ts'
import { judgeFilters, judgeRoom, judgeTaintPoints } from './judge.ts'
import { livePlan, liveWorld, runLive } from './live.ts'
import { say, texts } from './texts.ts'

type Judge = (trial: Trial<any>, plugins: ScoringPlugins, round: Round) => void

/** One process judges all rounds: what it remembered of a node is not true any more. */
const each =
  (...judges: readonly Judge[]) =>
  (trial: Trial<any>, { rounds }: Case): void => {
    const plugins = new ScoringPlugins(trial)
    for (const round of rounds) for (const judge of judges) judge(trial, plugins, round)
  }

const tainted = (name: string, ...taints: readonly Taint[]): Node => ({ ...node(name), spec: { taints } })
const web = (...tolerations: readonly Toleration[]): Pod =>
  pod('web').with({ tolerations }).requests({ cpu: '500m', memory: '1Gi' })
const cluster = (nodes: readonly Node[], incoming: readonly Pod[], existing: readonly Pod[] = []): Case => ({
  rounds: [{ nodes, incoming, existing }],
})

const GPU: Taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' }
const OLD: Taint = { key: 'old', effect: 'PreferNoSchedule' }
const SPOT: Taint = { key: 'spot', value: 'yes', effect: 'PreferNoSchedule' }

// ── sums and ties ───────────────────────────────────────────────────────────────────────────────────────────────────

const nodeNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `node-${index + 1}`)

/** What one plugin's points come to, normalised as its table says. */
function normalized({ points, normalize }: TotalsCase['plugins'][number]): readonly number[] {
  const most = Math.max(...points)
  const share = (value: number): number => (most === 0 ? 0 : Math.floor((100 * value) / most))
  if (normalize === undefined) return points
  return points.map((value) => (normalize === 'share' ? share(value) : 100 - share(value)))
}

function judgeTotals(trial: Trial<any>, { nodes, plugins }: TotalsCase): void {
  const names = nodeNames(nodes)
  const hosted = new ScoringPlugins(trial)
  hosted.update(
    cluster(
      names.map((name) => node(name)),
      [],
    ).rounds[0]!.nodes.map((one) => info(one)),
  )
  const tables = plugins.map(({ name, points, normalize }): TablePlugin => ({
    name,
    points: Object.fromEntries(names.map((each, index) => [each, points[index]!])),
    ...(normalize && { normalize }),
  }))
  const weights = Object.fromEntries(
    plugins.flatMap(({ name, weight }) => (weight === undefined ? [] : [[name, weight] as const])),
  )
  for (const [order, given] of [
    [names, tables],
    [names.toReversed(), tables.toReversed()],
  ] as const) {
    const { totals } = hosted.totals(web(), given, weights, order)
    names.forEach((name, index) => {
      const parts = plugins.map((plugin) => ({ plugin, points: normalized(plugin)[index]! }))
      const right = parts.reduce((sum, { plugin, points }) => sum + points * (plugin.weight ?? 1), 0)
      const list = parts.map(({ plugin, points }) => `${plugin.name} ${points} × ${plugin.weight ?? '1'}`).join(', ')
      trial.equal(totals[name], right, say('total', { node: name, parts: list || '—' }), { hint: 'sum' })
    })
  }
}

const isWhole = ({ nodes, plugins }: TotalsCase): boolean => plugins.every(({ points }) => points.length === nodes)

const info = (one: Node) => ({ node: one, pods: [], allocatable: { cpu: 4000 }, requested: {} })

const TIMES = 2000

function judgeEquals(trial: Trial<any>, { scores }: EqualsCase): void {
  const names = nodeNames(scores.length)
  const given = names.map((name, index) => ({ name, score: scores[index]! }))
  const best = Math.max(...scores)
  const winners = names.filter((_, index) => scores[index] === best)
  const counts = new ScoringPlugins(trial).winners(given, trial.seed, TIMES)
  const told = given.map(({ name, score }) => `${name} ${score}`).join(', ')
  const actual = Object.entries(counts)
    .map(([name, count]) => `${name} × ${count}`)
    .join(', ')
  const wrong = Object.keys(counts).find((name) => !winners.includes(name))
  if (wrong !== undefined)
    trial.fail({
      message: say('not-best', { name: wrong, scores: told }),
      expected: winners.join(', '),
      actual,
      hint: 'sum',
    })
  // Five standard deviations: honest chance does not get there.
  const [share, chance] = [TIMES / winners.length, 1 / winners.length]
  const slack = 5 * Math.sqrt(TIMES * chance * (1 - chance))
  const unfair = winners.find((name) => Math.abs((counts[name] ?? 0) - share) > slack)
  if (unfair !== undefined)
    trial.fail({
      message: say('unfair', { name: unfair, scores: told, times: TIMES }),
      expected: say('about', { count: Math.round(share), names: winners.join(', ') }),
      ...{ actual, hint: 'sum' },
    })
}

// ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const checks = [
  example('a taint keeps out who does not tolerate it', {
    stage: 'filter',
    hint: 'toleration',
    run: (trial) =>
      each(judgeFilters)(
        trial,
        cluster(
          [
            tainted('node-1', GPU),
            tainted('node-2', OLD),
            tainted('node-3', { ...GPU, effect: 'NoExecute' }),
            node('node-4'),
          ],
          [web(), web({ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' })],
        ),
      ),
  }),

  example('what a toleration leaves out is a wildcard, all but the value', {
    stage: 'filter',
    hint: 'toleration',
    run: (trial) =>
      each(judgeFilters)(
        trial,
        cluster(
          [
            tainted('node-1', GPU),
            tainted('node-2', { key: 'gpu', effect: 'NoExecute' }),
            tainted('node-3', GPU, { key: 'dedicated', value: 'ml', effect: 'NoSchedule' }),
          ],
          [
            ...[web({ key: 'gpu', value: 'yes' }), web({ key: 'gpu' }), web({ key: 'gpu', operator: 'Exists' })],
            ...[web({ operator: 'Exists' }), web({ operator: 'Exists', effect: 'NoSchedule' })],
          ],
        ),
      ),
  }),

  example('the fewer bad taints, the better', {
    stage: 'score',
    hint: 'reverse',
    run: (trial) =>
      each(judgeTaintPoints)(
        trial,
        cluster(
          [tainted('node-1', OLD, SPOT, { ...OLD, key: 'slow' }), tainted('node-2', OLD, SPOT), tainted('node-3', GPU)],
          [web(), web({ key: 'spot', operator: 'Exists' }), web({ operator: 'Exists' })],
        ),
      ),
  }),

  example('room is what is left with the Pod there', {
    stage: 'score',
    hint: 'room',
    run: (trial) =>
      each(judgeRoom)(
        trial,
        cluster(
          [
            node('node-1').allocatable({ cpu: '2', memory: '4Gi' }),
            node('node-2').allocatable({ cpu: '4', memory: '2Gi' }),
            node('node-3').allocatable({ cpu: '400m', memory: '2Gi' }),
            node('node-4').allocatable({ cpu: '0', memory: '2Gi' }),
          ],
          [web()],
          [pod('old').requests({ cpu: '500m', memory: '1Gi' }).on('node-1')],
        ),
      ),
  }),

  example('normalise, then weigh, then add', {
    stage: 'sum',
    hint: 'sum',
    run: (trial) =>
      judgeTotals(trial, {
        nodes: 3,
        plugins: [
          { name: 'TaintToleration', points: [0, 1, 2], normalize: 'reverse', weight: 3 },
          { name: 'NodeResourcesFit', points: [40, 80, 100] },
        ],
      }),
  }),

  differential('any taints and tolerations: the same answers as TaintToleration', {
    stage: 'filter',
    hint: 'toleration',
    per200: 20,
    generate: filterCase,
    run: each(judgeFilters),
    shrink: SHRINK,
  }),

  differential('any taints: the same points as TaintToleration', {
    stage: 'score',
    hint: 'reverse',
    per200: 20,
    generate: pointsCase,
    run: each(judgeTaintPoints),
    shrink: SHRINK,
  }),

  differential('any room: the same points as NodeResourcesFit', {
    stage: 'score',
    hint: 'room',
    per200: 20,
    generate: pointsCase,
    run: each(judgeRoom),
    shrink: SHRINK,
  }),

  property('totals are the same in any order of nodes and plugins', {
    stage: 'sum',
    hint: 'sum',
    per200: 20,
    generate: totalsCase,
    run: judgeTotals,
    shrink: { fixed: ['nodes', 'plugins', 'name', 'points'], valid: isWhole, triesMax: 60 },
  }),

  property('equals are chosen equally often', {
    stage: 'sum',
    hint: 'sum',
    per200: 3,
    generate: equalsCase,
    run: judgeEquals,
    shrink: { fixed: ['scores'], nonEmpty: ['scores'], triesMax: 20 },
  }),

  property('in a live cluster every Pod goes where the real plugins send it', {
    stage: 'sum',
    hint: 'sum',
    per200: 2,
    generate: livePlan,
    world: liveWorld,
    run: runLive,
    shrink: { ...SHRINK, triesMax: 10 },
  }),

  cost('each plugin is asked once per node, and normalises once', {
    stage: 'sum',
    hint: 'sum',
    run(trial) {
      const names = nodeNames(50)
      const hosted = new ScoringPlugins(trial)
      hosted.update(names.map((name) => info(node(name))))
      const points = Object.fromEntries(names.map((name, index) => [name, index]))
      const tables: TablePlugin[] = [
        { name: 'TaintToleration', points, normalize: 'reverse' },
        { name: 'NodeResourcesFit', points },
      ]
      const { asked } = hosted.totals(web(), tables, {})
      for (const { name, normalize } of tables) {
        const right = { score: names.length, normalizeScore: normalize ? 1 : 0 }
        trial.equal(asked[name], right, say('asked', { plugin: name, nodes: names.length }))
      }
    },
  }),
]

export default defineChecks(scoringGuest(), checks, texts)
