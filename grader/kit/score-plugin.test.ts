/** A Score plugin in the arena and in the scheduler: what is sent, what is measured, and that it is the real scheduler. */
import { describe, expect, it } from 'vitest'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { grade } from '../verdict/grade.ts'
import { node, pod } from './builders.ts'
import { API_SERVER, addOn, apiWorld, READY_MICROS } from './api-world.ts'
import { tell } from './api-hand.ts'
import { defineChecks } from './checks.ts'
import { builtInScorer, ownScorer, schedulerWithScore, scoreOptions } from './learner-score.ts'
import { ranking, seedAt } from './ranking.ts'
import { runArena } from './scheduler-arena.ts'
import { ScoreGuest, scoreGuest, snapshotOf } from './score-guest.ts'
import { Trial } from './trial.ts'
import { seenBy } from './witness.ts'

const engine = await loadEngineNode()
const MOST_PODS = 'export default { score: (state, pod, { pods }) => Math.min(100, pods.length) }'
const trialOf = (code: string): Trial<any> =>
  new Trial({ engine, code, guest: scoreGuest(), limits: {}, check: { name: 'toy' }, seed: 1 })

const plan = {
  nodes: ['node-1', 'node-2', 'node-3'].map((name) => node(name)),
  arrivals: Array.from({ length: 14 }, (_, index) => ({
    atMicros: 2_000_000 + index * 1_000_000,
    pod: pod(`web-${index}`).requests({ cpu: '900m', memory: '1Gi' }),
    runsMicros: 6_000_000,
  })),
}
const nodesOf = (stays: readonly { nodeName?: string }[]) => stays.map(({ nodeName }) => nodeName)

describe('the arena', () => {
  it('runs the real scheduler: a built-in plugin decides as in a cluster with an API server', () => {
    const most = { scoringStrategy: { type: 'MostAllocated' } }
    const { scheduler, options } = builtInScorer('NodeResourcesFit', most)
    const arrivals = plan.arrivals.slice(0, 10).map((arrival) => ({ ...arrival, runsMicros: 600_000_000 }))
    // Ties are settled by chance, which is another in another world: so no two nodes are alike.
    const nodes = ['5', '4', '3'].map((cpu) => node(`node-${cpu}`).allocatable({ cpu }))
    const stays = runArena({ scheduler, options, plan: { nodes, arrivals }, seed: 1 })
    const world = apiWorld({ seed: 1, components: { 'kube-scheduler': scheduler }, pretend: {} })
    addOn(world, 'cp-1', 'kube-scheduler', { ...options, servers: [API_SERVER] }, { startAtMicros: READY_MICROS })
    for (const object of nodes) tell(world, READY_MICROS + 200_000, { do: 'create', object })
    for (const { atMicros, pod: object } of arrivals) tell(world, atMicros, { do: 'create', object })
    world.run({ untilMicros: 20_000_000 })
    const bound = [...seenBy<any>(world, 'pods').values()].map(({ spec }) => spec.nodeName)
    expect(bound).toEqual(nodesOf(stays))
  })

  it('makes Pods wait where there is no room, and binds them when there is', () => {
    const tight = { ...plan, nodes: plan.nodes.slice(0, 1) }
    const stays = runArena({ ...ownScorer(() => 1), plan: tight, seed: 1 })
    const waits = stays.map(({ arrivedMicros, boundMicros }) => (boundMicros! - arrivedMicros) / 1e6)
    expect(waits.slice(0, 4).every((seconds) => seconds < 0.01)).toBe(true)
    expect(Math.max(...waits)).toBeGreaterThan(2)
  })

  it('ends though a Pod fits nowhere', () => {
    const huge = { atMicros: 3_000_000, pod: pod('huge').requests({ cpu: '64' }), runsMicros: 1 }
    const stays = runArena({ scheduler: kubeScheduler(), options: {}, plan: { ...plan, arrivals: [huge] }, seed: 1 })
    expect(stays).toEqual([{ arrivedMicros: 3_000_000 }])
  })
})

describe('a Score plugin in its guest', () => {
  it('decides as the same function outside would', () => {
    const { component: scheduler, ...scoring } = schedulerWithScore(trialOf(MOST_PODS))
    const stays = runArena({ scheduler, options: scoreOptions(), plan, seed: 3 })
    const native = runArena({ ...ownScorer((_pod, { pods }) => pods.length), plan, seed: 3 })
    expect(nodesOf(stays)).toEqual(nodesOf(native))
    expect(scoring.refused()).toBeUndefined()
  })

  it('is called once for each Pod over 1,000 nodes, and told of the one node that has changed', () => {
    const guest = new ScoreGuest(trialOf(MOST_PODS))
    const nodes = Array.from({ length: 1000 }, (_, index) => node(`node-${index}`))
    const before = snapshotOf(nodes)
    guest.update(before)
    guest.score(pod('first'), before)
    const [changed] = snapshotOf([nodes[500]!], [pod('there').on('node-500')])
    const after = before.with(500, changed!)
    const entered = guest.guest.inputs.length
    guest.update(after)
    const answer = guest.score(pod('web').requests({ cpu: '1' }), after)
    const sent = guest.guest.inputs.slice(entered).map((input) => ('args' in input ? input.args.length : 0))
    expect(sent.length).toBe(2)
    expect(Math.max(...sent)).toBeLessThan(1_500)
    expect('scores' in answer && answer.scores.flatMap((score, index) => (score > 0 ? [index] : []))).toEqual([500])
  })

  it('knows Pods that went, nodes that went, and scores those that are asked for, in their order', () => {
    const guest = new ScoreGuest(trialOf(MOST_PODS))
    const nodes = ['a', 'b', 'c'].map((name) => node(name))
    guest.update(snapshotOf(nodes, [pod('x').on('a'), pod('y').on('c'), pod('z').on('c')]))
    guest.update(snapshotOf(nodes.slice(1), [pod('z').on('c')]))
    const [b, c] = snapshotOf(nodes.slice(1), [pod('z').on('c')])
    guest.update([b!, c!])
    expect(guest.score(pod('web'), [c!, b!])).toEqual({ scores: [1, 0] })
  })

  it.each([
    ['a share', '0.5', 'score(web, node-1) gave 0.5: a score is a whole number'],
    ['a promise', 'Promise.resolve(1)', 'remove async and await'],
    ['nothing', 'undefined', 'score(web, node-1) gave undefined'],
  ])('is told of %s', (_, value, words) => {
    const guest = new ScoreGuest(trialOf(`export default { score: () => ${value} }`))
    const infos = snapshotOf([node('node-1')])
    guest.update(infos)
    expect(() => guest.score(pod('web'), infos)).toThrow(words)
  })
})

describe('a ranking', () => {
  const check = ranking<{ size: number }>('by size', {
    generate: (chance) => ({ size: chance.between(1, 1000) }),
    measures: [{ name: 'size', title: 'size' }],
    references: [{ name: 'plain', measure: ({ size }) => ({ size }) }],
    measure: (_trial, { size }) => ({ values: { size: size / 2 }, decisions: 1, fuel: size }),
    bar: () => undefined,
  })
  const standing = (essence: string, seed = 1) => {
    const exercise = { id: 'toy', version: '1', limits: {}, checks: defineChecks(scoreGuest(), [check]) }
    const compiled = { code: MOST_PODS, diagnostics: [], runnable: true, essence }
    return grade({ exercise, compiled, mode: 'submit', engine, seed })
  }

  it('draws its seeds from the essence, unless somebody names the first', () => {
    const [one, again, other, given] = [standing('a'), standing('a'), standing('b'), standing('a', 7)].map(
      ({ checks }) => checks[0]!.standing!,
    )
    expect(one).toEqual(again)
    expect(one!.seeds.length).toBe(20)
    expect(one!.seeds.filter((seed) => other!.seeds.includes(seed))).toEqual([])
    expect([one!.drawnFrom, given!.drawnFrom, given!.seeds[0]]).toEqual(['submission', 'grader', 7])
    expect(seedAt(check, () => 'a', 1, 3)).toBe(one!.seeds[3])
  })

  it('is part of the digest, but for its fuel', () => {
    expect(standing('a').digest).toBe(standing('a').digest)
    expect(standing('a').digest).not.toBe(standing('b').digest)
    const { fuelPerDecision, pairings } = standing('a').checks[0]!.standing!
    expect([fuelPerDecision! > 0, pairings[0]!.ratio.median]).toEqual([true, 0.5])
  })
})
