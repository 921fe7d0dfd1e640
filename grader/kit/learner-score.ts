/**
 * A learner's Score plugin inside the simulation's kube-scheduler, as the only one that scores.
 *
 * The guest is asked once per Pod, for all feasible nodes, in `preScore`; `score` only reads the answer. In a world, a step must
 * give the same effects whenever it is run again (a replay goes back and forth), while learner code may remember things;
 * there each answer is kept under everything that was asked. An arena runs forward once, and keeps nothing.
 * A guest that breaks down is left alone, scores are 0 from then on, and the trial ends with it: nothing is thrown through a step.
 */
import type { Pod } from '#cluster/api/types.ts'
import { keyOf } from '#cluster/api/meta.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { hashString } from '#cluster/kernel/random.ts'
import type { Plugin } from '#cluster/kube-scheduler/framework.ts'
import { SKIP } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import type { NodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import { invalidScore } from '#cluster/kube-scheduler/node-memo.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import { podsOf } from '#cluster/kube-scheduler/pod-list.ts'
import type { ProfileOptions } from '#cluster/kube-scheduler/profile.ts'
import type { SchedulerOptions } from '#cluster/kube-scheduler/state.ts'
import type { Scored } from './score-guest.ts'
import { ScoreGuest } from './score-guest.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

const NAME = 'Packing'
const OWN_NAME = 'Reference'
/** Those that have a preScore. */
const PREPARED: ReadonlySet<string> = new Set([NAME, 'NodeResourcesBalancedAllocation'])

/** A scheduler with the learner's plugin in it, and what became of that. */
export interface ScoringScheduler {
  readonly component: Component
  /** The first score that the framework refused, in its words; undefined while there is none. */
  refused(): string | undefined
  readonly decisions: number
  /** Units of fuel that the decisions took, without loading the module. */
  readonly fuel: number
}

/** `isReplayed`: it lives in a world, whose steps may be run again. */
export function schedulerWithScore(trial: Trial<any>, { isReplayed = false } = {}): ScoringScheduler {
  const asked = new Questions(trial, isReplayed)
  const plugin: Plugin = {
    name: NAME,
    preScore(state, pod, feasible, nodes) {
      const answer = asked.score(pod, feasible, nodes)
      if ('skip' in answer) return SKIP
      const scores = 'scores' in answer ? answer.scores : []
      state[NAME] = new Map(feasible.map(({ name }, index) => [name, scores[index] ?? 0]))
      return undefined
    },
    score: (state, _pod, { name }) => (state[NAME] as ReadonlyMap<string, number>).get(name)!,
  }
  return {
    component: kubeScheduler({ ...defaultRegistry, [NAME]: plugin }),
    refused: () => asked.refused,
    get decisions() {
      return asked.guest?.decisions ?? 0
    },
    get fuel() {
      return asked.fuel
    },
  }
}

/** A kube-scheduler and its configuration, ready for `runArena`. */
export interface Contender {
  readonly scheduler: Component
  readonly options: Omit<SchedulerOptions, 'servers'>
}

/** Of a learner's scheduler. */
export const scoreOptions = (): Contender['options'] => ({ profiles: [profileOf(NAME)] })

/** One of kube-scheduler's own plugins, scoring alone, with these arguments. */
export const builtInScorer = (plugin: string, args?: unknown): Contender => ({
  scheduler: kubeScheduler(),
  options: { profiles: [profileOf(plugin, args)] },
})

/** What a Score function of the course's own sees of a node; amounts are thousandths. */
export type ScoredInfo = Pick<NodeInfo, 'name' | 'node' | 'allocatable' | 'requested'> & {
  readonly pods: readonly Pod[]
}

/** A Score function of the course's own. What comes from it is cut to 0 … 100. */
export function ownScorer(score: (pod: Pod, info: ScoredInfo) => number): Contender {
  const plugin: Plugin = {
    name: OWN_NAME,
    score: (_state, pod, info) =>
      Math.min(100, Math.max(0, Math.round(score(pod, { ...info, pods: podsOf(info.pods) })))),
  }
  return {
    scheduler: kubeScheduler({ ...defaultRegistry, [OWN_NAME]: plugin }),
    options: { profiles: [profileOf(OWN_NAME)] },
  }
}

/** The default profile, where this plugin alone scores, with these arguments. */
function profileOf(plugin: string, args?: unknown): ProfileOptions {
  const alone = { enabled: [plugin], disabled: ['*'] }
  return {
    schedulerName: 'default-scheduler',
    plugins: { enabled: [plugin] },
    points: { score: alone, preScore: PREPARED.has(plugin) ? alone : { disabled: ['*'] } },
    ...(args !== undefined && { args: { [plugin]: args } }),
  }
}

class Questions {
  refused: string | undefined
  guest: ScoreGuest | undefined
  readonly #trial: Trial<any>
  readonly #answers: Map<string, Scored> | undefined
  readonly #keys = new WeakMap<NodeInfo, string>()
  #loading = 0

  constructor(trial: Trial<any>, isReplayed: boolean) {
    this.#trial = trial
    if (isReplayed) this.#answers = new Map()
  }

  get fuel(): number {
    return this.guest ? this.guest.guest.fuelUsed() - this.#loading : 0
  }

  score(pod: Pod, feasible: readonly NodeInfo[], nodes: Iterable<NodeInfo>): Scored {
    if (!this.#answers) return this.#ask(pod, feasible, nodes)
    const names = feasible.map(({ name }) => name).join()
    const key = `${JSON.stringify(pod)}\n${names}\n${[...nodes].map((info) => this.#keyOf(info)).join()}`
    let answer = this.#answers.get(key)
    if (!answer) this.#answers.set(key, (answer = this.#ask(pod, feasible, nodes)))
    return answer
  }

  #ask(pod: Pod, feasible: readonly NodeInfo[], nodes: Iterable<NodeInfo>): Scored {
    if (this.#trial.trap) return NOTHING
    try {
      if (!this.guest) {
        this.guest = new ScoreGuest(this.#trial)
        this.#loading = this.guest.guest.fuelUsed()
      }
      this.guest.update(nodes)
      const answer = this.guest.score(pod, feasible)
      if ('invalid' in answer) this.refused ??= invalidScore(NAME, answer.invalid.score, answer.invalid.node)
      return answer
    } catch (thrown) {
      if (!(thrown instanceof Crash)) throw thrown
      this.#trial.trap = { failure: thrown.failure, during: thrown.during ?? 'the scheduler' }
      return NOTHING
    }
  }

  #keyOf(info: NodeInfo): string {
    let key = this.#keys.get(info)
    if (key === undefined) {
      const pods = podsOf(info.pods).map((pod) => `${keyOf(pod)} ${pod.metadata.resourceVersion ?? ''}`)
      const text = JSON.stringify([info.node, pods])
      this.#keys.set(info, (key = `${info.name}:${hashString(text)}:${hashString(text, 7)}`))
    }
    return key
  }
}

const NOTHING: Scored = { scores: [] }
