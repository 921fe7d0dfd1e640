/** Checks of `spread-affinity`: the simulation's own plugins on generated clusters, what-if questions, overlapping cycles, and a live cluster. */
import {
  cost,
  defineChecks,
  differential,
  example,
  node,
  nodeInfo,
  pod,
  property,
  type Said,
  schedulerGuest,
  SchedulerPlugin,
  type Supposed,
  type Trial,
} from 'clusterwright/kit'
import type { LabelSelector, Pod, PodAffinityTerm, TopologySpreadConstraint } from 'clusterwright/api'
import { APART, BOTH, type Case, caseOf, SHRINK, SPREAD, whatIfCase, type WhatIfCase } from './cases.ts'
import { infosOf, judgeAll, judgeCycle, type Snapshot } from './judge.ts'
import { livePlan, liveWorld, runLive } from './live.ts'
import { say, texts } from './texts.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'
const WEB: LabelSelector = { matchLabels: { app: 'web' } }
const CACHE: LabelSelector = { matchLabels: { app: 'cache' } }

/** One process judges all rounds: what it remembered of a node is not true any more. */
function judgeCase(trial: Trial<any>, { rounds }: Case): void {
  const plugin = new SchedulerPlugin(trial)
  for (const round of rounds) for (const incoming of round.incoming) judgeCycle(trial, plugin, incoming, round)
}

/** Nodes by zone, and Pods by node: `cluster({ 'node-1': 'a' }, { 'node-1': [web('w1')] })`. */
function cluster(
  zones: Readonly<Record<string, string>>,
  pods: Readonly<Record<string, readonly Pod[]>> = {},
): Snapshot {
  const nodes = Object.entries(zones).map(([name, zone]) =>
    zone === '' ? node(name) : node(name).labels({ [ZONE]: zone }),
  )
  const existing = Object.entries(pods).flatMap(([name, list]) =>
    list.map((one) => ({ ...one, spec: { ...one.spec, nodeName: name }, status: { phase: 'Running' as const } })),
  )
  return { nodes, existing }
}

const labelled = (app: string) => (name: string) => pod(name).labels({ app })
const [web, cache] = [labelled('web'), labelled('cache')]

const spreading = (more: Partial<TopologySpreadConstraint> = {}): Pod['spec']['topologySpreadConstraints'] => [
  { topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: WEB, ...more },
]
const spread = (more: Partial<TopologySpreadConstraint> = {}): Pod =>
  web('new').with({ topologySpreadConstraints: spreading(more)! })

const apart = (one: ReturnType<typeof pod>, ...terms: readonly PodAffinityTerm[]): Pod =>
  one.with({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } })

const asks =
  (snapshot: Snapshot, ...incoming: readonly Pod[]) =>
  (trial: Trial<any>): void => {
    const plugin = new SchedulerPlugin(trial)
    for (const one of incoming) judgeCycle(trial, plugin, one, snapshot)
  }

// ── what if ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** All questions are put to one cycle, whose own answers must be as before in the end. */
function judgeWhatIf(trial: Trial<any>, { nodes, existing, incoming, questions }: WhatIfCase): void {
  const plugin = new SchedulerPlugin(trial)
  const names = nodes.map(({ metadata }) => metadata.name)
  plugin.update(infosOf({ nodes, existing }))
  for (const coming of incoming) {
    const { id, status } = plugin.begin(coming)
    for (const question of status.code === 'Skip' ? [] : questions) {
      let pods = existing
      const words: string[] = []
      const changes = question.flatMap((change): Supposed[] => {
        const about = 'add' in change ? change.add : pods.find(({ metadata }) => metadata.name === change.remove)
        if (about === undefined) return []
        const nodeName = about.spec.nodeName!
        pods = 'add' in change ? [...pods, about] : pods.filter((other) => other !== about)
        words.push(`${'add' in change ? '+' : '−'}${about.metadata.name} (${nodeName})`)
        const info = nodeInfo(
          nodes.find(({ metadata }) => metadata.name === nodeName)!,
          pods,
        )
        return ['add' in change ? { add: about, info } : { remove: about, info }]
      })
      if (changes.length === 0) continue
      const more = {
        said: (finding: Said) => say('supposed', { finding, changes: words.join(', ') }),
        hint: 'what-if',
      }
      judgeAll(trial, plugin.whatIf(id, changes, names), coming, { nodes, existing: pods }, more)
    }
    const more = { said: (finding: Said) => say('afterwards', { finding }), hint: 'what-if' }
    judgeAll(trial, plugin.filters(id), coming, { nodes, existing }, more)
  }
}

/** A node that is removed takes its Pods along. */
const isWhole = ({ nodes, existing, questions }: WhatIfCase): boolean => {
  const names = new Set(nodes.map(({ metadata }) => metadata.name))
  const added = questions.flatMap((question) => question.flatMap((change) => ('add' in change ? [change.add] : [])))
  return [...existing, ...added].every(({ spec }) => names.has(spec.nodeName!))
}

const isWholeCase = ({ rounds }: Case): boolean =>
  rounds.every(({ nodes, existing }) =>
    existing.every(({ spec }) => nodes.some(({ metadata }) => metadata.name === spec.nodeName)),
  )

// ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const TWO_ZONES = { 'node-1': 'a', 'node-2': 'b' }

const checks = [
  example('the fuller zone waits for the emptier', {
    stage: 'spread',
    hint: 'skew',
    run: asks(
      cluster({ ...TWO_ZONES, 'node-3': 'a' }, { 'node-1': [web('w1')], 'node-3': [cache('c1')] }),
      spread(),
      spread({ maxSkew: 2 }),
    ),
  }),

  example('a Pod that does not match its own selector adds nothing', {
    stage: 'spread',
    hint: 'skew',
    run: asks(
      cluster({ ...TWO_ZONES, 'node-3': 'c' }, { 'node-1': [web('w1')], 'node-3': [web('w2'), web('w3')] }),
      cache('new').with({ topologySpreadConstraints: spreading()! }),
    ),
  }),

  example('only like Pods on eligible nodes count', {
    stage: 'spread',
    hint: 'count',
    run: asks(
      cluster(
        { ...TWO_ZONES, 'node-3': '', 'node-4': 'c' },
        {
          'node-1': [
            web('w1').in('shop'),
            { ...web('w2'), metadata: { ...web('w2').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
          ],
          'node-2': [web('w3')],
          'node-3': [web('w4')],
        },
      ),
      spread(),
      web('picky')
        .nodeSelector({ [HOST]: 'node-2' })
        .with({ topologySpreadConstraints: spreading()! }),
    ),
  }),

  example('with too few domains, the emptiest is still to come', {
    stage: 'spread',
    hint: 'skew',
    run: asks(
      cluster(TWO_ZONES, { 'node-1': [web('w1')], 'node-2': [web('w2')] }),
      spread({ minDomains: 3 }),
      spread({ minDomains: 2 }),
    ),
  }),

  example('both sides have a say', {
    stage: 'affinity',
    hint: 'both',
    run: asks(
      cluster(
        { ...TWO_ZONES, 'node-3': 'a' },
        {
          'node-1': [apart(cache('shy'), { topologyKey: ZONE, labelSelector: WEB })],
          'node-2': [cache('c1')],
        },
      ),
      web('new'),
      apart(pod('new'), { topologyKey: HOST, labelSelector: CACHE }),
    ),
  }),

  example('whose namespace is meant', {
    stage: 'affinity',
    hint: 'both',
    run: asks(
      cluster(
        { ...TWO_ZONES, 'node-3': 'c' },
        {
          'node-1': [web('w1').in('shop')],
          'node-2': [apart(cache('shy').in('shop'), { topologyKey: ZONE, labelSelector: WEB })],
          'node-3': [
            apart(cache('shy').in('shop'), { topologyKey: ZONE, labelSelector: WEB, namespaces: ['default'] }),
          ],
        },
      ),
      web('new'),
      apart(web('new'), { topologyKey: ZONE, labelSelector: WEB }),
      apart(web('new'), { topologyKey: ZONE, labelSelector: WEB, namespaces: ['shop'] }),
    ),
  }),

  example('what if a Pod were evicted, or another came?', {
    stage: 'what-if',
    hint: 'what-if',
    run(trial) {
      const going = web('going')
      const { nodes, existing } = cluster(TWO_ZONES, {
        'node-1': [
          web('w1'),
          apart(cache('shy'), { topologyKey: HOST, labelSelector: WEB }),
          { ...going, metadata: { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
        ],
      })
      const more = web('w2').on('node-2')
      const questions = [
        [{ remove: 'shy' }],
        [{ add: more }],
        [{ add: more }, { remove: 'shy' }],
        [{ add: more }, { remove: 'w1' }],
        // It has not counted for some time.
        [{ remove: 'shy' }, { remove: 'going' }],
      ]
      judgeWhatIf(trial, { nodes, existing, incoming: [spread()], questions })
    },
  }),

  differential<Case>('any constraints: the same answers as PodTopologySpread', {
    stage: 'spread',
    hint: 'count',
    per200: 20,
    generate: (chance) => caseOf(chance, SPREAD),
    run: judgeCase,
    shrink: { ...SHRINK, valid: isWholeCase },
  }),

  differential<Case>('any terms: the same answers as InterPodAffinity', {
    stage: 'affinity',
    hint: 'both',
    per200: 20,
    generate: (chance) => caseOf(chance, APART),
    run: judgeCase,
    shrink: { ...SHRINK, valid: isWholeCase },
  }),

  property<WhatIfCase>('Pods that come and go in thought: as if it were counted anew', {
    stage: 'what-if',
    hint: 'what-if',
    per200: 25,
    generate: whatIfCase,
    run: judgeWhatIf,
    shrink: { ...SHRINK, valid: isWhole },
  }),

  property<Case>('cycles of different Pods may overlap', {
    stage: 'spread',
    hint: 'count',
    per200: 6,
    generate: (chance) => caseOf(chance, BOTH),
    run(trial, { rounds }) {
      const plugin = new SchedulerPlugin(trial)
      const round = rounds[0]!
      plugin.update(infosOf(round))
      const begun = round.incoming.map((coming) => ({ coming, id: plugin.begin(coming).id }))
      const more = { said: (finding: Said) => say('overlapping', { finding, cycles: begun.length }), hint: 'count' }
      for (const { coming, id } of begun) judgeAll(trial, plugin.filters(id), coming, round, more)
    },
    shrink: { ...SHRINK, valid: isWholeCase },
  }),

  property('in a live cluster every Pod is where it may be, and none forgotten', {
    stage: 'what-if',
    hint: 'count',
    per200: 2,
    generate: livePlan,
    world: liveWorld,
    run: runLive,
    shrink: { ...SHRINK, triesMax: 10 },
  }),

  cost('Pods are counted once, not at every node', {
    stage: 'spread',
    hint: 'count',
    run(trial) {
      const [few, many] = [20, 80]
      const [onFew, onMany] = [cycleFuel(trial, few), cycleFuel(trial, many)]
      const times = onMany / onFew
      trial.ensure(times <= (2 * many) / few, () => ({
        message: say('at-every-node', { few, many, times: times.toFixed(1) }),
        expected: say('about', { times: many / few }),
        actual: times.toFixed(1),
      }))
    },
  }),
]

export default defineChecks(schedulerGuest(), checks, texts)

/** Fuel of one warm cycle over so many nodes of three zones, with two Pods each. */
function cycleFuel(trial: Trial<any>, count: number): number {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`)
  const zones = Object.fromEntries(names.map((name, index) => [name, 'abc'[index % 3]!]))
  const pods = Object.fromEntries(
    names.map((name) => [
      name,
      [web(`w-${name}`), apart(cache(`c-${name}`), { topologyKey: HOST, labelSelector: CACHE })],
    ]),
  )
  const plugin = new SchedulerPlugin(trial)
  plugin.update(infosOf(cluster(zones, pods)))
  const coming: Pod = apart(web('new').with({ topologySpreadConstraints: spreading()! }), {
    topologyKey: HOST,
    labelSelector: CACHE,
  })
  plugin.cycle(coming)
  const before = plugin.guest.fuelUsed()
  plugin.cycle(coming)
  return plugin.guest.fuelUsed() - before
}
