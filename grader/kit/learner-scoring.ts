/**
 * A learner's TaintToleration and LeastAllocated inside the simulation's kube-scheduler, in place of its own. The rest of the
 * profile is as it is: NodeResourcesFit still filters, and only its score is the learner's.
 *
 * The guest is asked twice per cycle and plugin at most, for all nodes: in `preFilter` and in `preScore`.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Component } from '#cluster/kernel/component.ts'
import type { NodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import type { Plugin } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import { nodeResourcesFit } from '#cluster/kube-scheduler/plugins/node-resources-fit.ts'
import { taintToleration } from '#cluster/kube-scheduler/plugins/taint-toleration.ts'
import { frameworkStatus } from './learner-filter.ts'
import { LearnerNodes, Questions } from './questions.ts'
import type { Status } from './scheduler-guest.ts'
import type { Points } from './scoring-guest.ts'
import { fullNodeInfo, ScoringPlugins } from './scoring-guest.ts'
import type { Trial } from './trial.ts'

/** A kube-scheduler component with the learner's plugins in it, under the names of those that they replace. */
export function schedulerWithScoring(trial: Trial<any>): Component {
  const guest = new Learner(trial)
  const { reads: _taints, ...taints } = taintToleration
  const { reads: _fit, ...fit } = nodeResourcesFit()
  return kubeScheduler({
    ...defaultRegistry,
    TaintToleration: { ...taints, ...filtering(guest, 'TaintToleration'), ...scoring(guest, 'taintToleration') },
    NodeResourcesFit: { ...fit, ...scoring(guest, 'leastAllocated') },
  })
}

/** The simulation's own, to compare with. */
export const plainScheduler = (): Component => kubeScheduler(defaultRegistry)

class Learner {
  readonly #questions: Questions<ScoringPlugins>
  readonly #known = new LearnerNodes(fullNodeInfo)

  constructor(trial: Trial<any>) {
    this.#questions = new Questions(trial, () => new ScoringPlugins(trial))
  }

  filters(pod: Pod, nodes: readonly NodeInfo[]): Readonly<Record<string, Status>> {
    const names = nodes.map(({ name }) => name)
    return this.#ask('filters', pod, nodes, (plugins) => plugins.filters(pod, names), brokenAt(names))
  }

  points(which: 'taintToleration' | 'leastAllocated', pod: Pod, nodes: readonly NodeInfo[]): Points {
    const names = nodes.map(({ name }) => name)
    return this.#ask(
      which,
      pod,
      nodes,
      (plugins) => plugins.points(which, pod, names),
      () => ({ raw: {}, normalized: {} }),
    )
  }

  #ask<Answer>(
    what: string,
    pod: Pod,
    nodes: readonly NodeInfo[],
    ask: (plugins: ScoringPlugins) => Answer,
    broken: (reason: string) => Answer,
  ): Answer {
    const all = nodes.map((info) => this.#known.of(info))
    const question = `${what}\n${JSON.stringify(pod)}\n${all.map(({ key }) => key).join()}`
    const asked = (plugins: ScoringPlugins): Answer => {
      plugins.update(all.map(({ info }) => info))
      return ask(plugins)
    }
    return this.#questions.ask(question, asked, broken)
  }
}

const brokenAt =
  (names: readonly string[]) =>
  (reason: string): Record<string, Status> =>
    Object.fromEntries(names.map((name) => [name, { code: 'Error', reasons: [reason] }]))

const filtering = (guest: Learner, name: string): Pick<Plugin, 'preFilter' | 'filter'> => ({
  preFilter(state, pod, nodes) {
    state[name] = guest.filters(pod, [...nodes])
    return undefined
  },
  filter(state, _pod, node) {
    const status = (state[name] as Readonly<Record<string, Status>>)[node.name]
    return status === undefined || status.code === 'Success' ? undefined : frameworkStatus(status)
  },
})

/** What is no number is no score either: the framework then says so. */
const scoring = (
  guest: Learner,
  which: 'taintToleration' | 'leastAllocated',
): Required<Pick<Plugin, 'preScore' | 'score' | 'normalizeScore'>> => ({
  preScore(state, pod, feasible) {
    state[`${which}/points`] = guest.points(which, pod, feasible)
    return undefined
  },
  score: (state, _pod, { name }) => Number((state[`${which}/points`] as Points).raw[name]),
  normalizeScore(state, _pod, scores) {
    const { normalized } = state[`${which}/points`] as Points
    for (const entry of scores) entry.score = Number(normalized[entry.name])
  },
})
