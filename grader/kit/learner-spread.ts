/**
 * A learner's plugin inside the simulation's kube-scheduler, in place of what PodTopologySpread and InterPodAffinity filter.
 * Their scores are the simulation's own.
 *
 * The guest is asked once per cycle, for all nodes, in `preFilter`; `filter` reads the answer. A "what if" is told as the
 * list of Pods that come and go in it, and asked when `filter` wants to know.
 */
import type { Pod } from '#cluster/api/types.ts'
import type { Component } from '#cluster/kernel/component.ts'
import type { CycleState, Plugin } from '#cluster/kube-scheduler/framework.ts'
import { SKIP } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import type { NodeInfo } from '#cluster/kube-scheduler/node-info.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import { interPodAffinity } from '#cluster/kube-scheduler/plugins/inter-pod-affinity.ts'
import { podTopologySpread } from '#cluster/kube-scheduler/plugins/pod-topology-spread.ts'
import { frameworkStatus } from './learner-filter.ts'
import { bound, LearnerNodes, Questions } from './questions.ts'
import type { BareNodeInfo, CycleResult, Status, Supposed } from './scheduler-guest.ts'
import { nodeInfo, SchedulerPlugin } from './scheduler-guest.ts'
import type { Trial } from './trial.ts'

const NAME = 'SpreadAffinity'

/** A kube-scheduler component with the learner's plugin in it. */
export function schedulerWithSpread(trial: Trial<any>): Component {
  const { preScore, score, normalizeScore } = podTopologySpread()
  const affinity = interPodAffinity()
  return kubeScheduler({
    ...defaultRegistry,
    // Without hints, any change wakes the Pods that it has refused.
    PodTopologySpread: {
      ...{ name: 'PodTopologySpread', preScore: preScore!, score: score!, normalizeScore: normalizeScore! },
      ...learnerPoints(trial),
    },
    InterPodAffinity: {
      ...{ name: 'InterPodAffinity', preScore: affinity.preScore!, score: affinity.score! },
      normalizeScore: affinity.normalizeScore!,
    },
  })
}

/** What the cycle asked, what it was answered, and what is supposed since. */
interface Cycle {
  readonly question: string
  readonly nodes: readonly BareNodeInfo[]
  readonly filter: CycleResult['filter']
  readonly changes: readonly Supposed[]
}

interface Begun {
  readonly preFilter: Status
  readonly filter: CycleResult['filter']
}

function learnerPoints(trial: Trial<any>): Required<Pick<Plugin, 'preFilter' | 'filter' | 'addPod' | 'removePod'>> {
  const questions = new Questions(trial, () => new SchedulerPlugin(trial))
  const known = new LearnerNodes(nodeInfo)
  const begin = (plugin: SchedulerPlugin, pod: Pod, nodes: readonly BareNodeInfo[]) => {
    plugin.update(nodes)
    const { id, status } = plugin.begin(pod)
    return { id, preFilter: status, filter: plugin.filters(id) }
  }
  const suppose = (state: CycleState, given: NodeInfo, change: object): void => {
    const cycle = state[NAME] as Cycle
    const info = known.of(given).info
    state[NAME] = { ...cycle, changes: [...cycle.changes, { ...change, info } as Supposed] }
  }
  return {
    preFilter(state, pod, nodes) {
      const all = [...nodes].map((info) => known.of(info))
      const infos = all.map(({ info }) => info)
      const question = `${JSON.stringify(pod)}\n${all.map(({ key }) => key).join()}`
      const { preFilter, filter } = questions.ask(question, (plugin): Begun => begin(plugin, pod, infos), broken)
      if (preFilter.code === 'Skip') return SKIP
      state[NAME] = { question, nodes: infos, filter, changes: [] } satisfies Cycle
      return preFilter.code === 'Success' ? undefined : frameworkStatus(preFilter)
    },
    addPod: (state, _pod, added, info) => suppose(state, info, { add: bound(added, info.node) }),
    removePod: (state, _pod, removed, info) => suppose(state, info, { remove: bound(removed, info.node) }),
    filter(state, pod, { name }) {
      const { question, nodes, filter, changes } = state[NAME] as Cycle
      const answer =
        changes.length === 0
          ? filter[name]
          : questions.ask(
              `${question}\n${JSON.stringify(changes)}\n${name}`,
              (plugin) => plugin.whatIf(begin(plugin, pod, nodes).id, changes, [name])[name]!,
              (reason): Status => ({ code: 'Error', reasons: [reason] }),
            )
      return answer === undefined || answer.code === 'Success' ? undefined : frameworkStatus(answer)
    },
  }
}

const broken = (reason: string): Begun => ({ preFilter: { code: 'Error', reasons: [reason] }, filter: {} })
