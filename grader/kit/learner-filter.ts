/**
 * A learner's filter plugin inside the simulation's kube-scheduler, in place of NodeResourcesFit, NodeAffinity and
 * NodeUnschedulable.
 *
 * The guest is asked once per cycle, for all nodes, in `preFilter`; `filter` only reads the answer. A step must give the same
 * effects whenever it is run again (a replay goes back and forth), while learner code may remember things; so each answer
 * is kept under everything that was asked, and a question that was put before gets the answer of that time.
 * A guest that breaks down becomes a Status `Error`, never an exception in a step; the trial ends with it.
 */
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import { hashString } from '#cluster/kernel/random.ts'
import type { Plugin, Status as FrameworkStatus } from '#cluster/kube-scheduler/framework.ts'
import { SKIP } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import type { PodList } from '#cluster/kube-scheduler/pod-list.ts'
import { podsOf } from '#cluster/kube-scheduler/pod-list.ts'
import type { SchedulerOptions } from '#cluster/kube-scheduler/state.ts'
import type { BareNodeInfo, CycleResult, Status } from './scheduler-guest.ts'
import { nodeInfo, SchedulerPlugin } from './scheduler-guest.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

const NAME = 'FitFilter'

/** A kube-scheduler component with the learner's plugin in it; run it with `filterSchedulerOptions`. */
export function schedulerWithFilter(trial: Trial<any>): Component {
  return kubeScheduler({ ...defaultRegistry, [NAME]: learnerFilter(trial) })
}

export const filterSchedulerOptions = (servers: readonly ProcessId[]): SchedulerOptions => ({
  servers,
  profiles: [
    {
      schedulerName: 'default-scheduler',
      plugins: { enabled: [NAME], disabled: ['NodeResourcesFit', 'NodeAffinity', 'NodeUnschedulable'] },
    },
  ],
})

/** What the framework hands over per node; of it the learner sees the node and its Pods. */
interface FrameworkNodeInfo {
  readonly node: Node
  readonly pods: PodList
}

function learnerFilter(trial: Trial<any>): Plugin {
  const asked = new Questions(trial)
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const { preFilter, filter } = asked.cycle(pod, [...nodes])
      if (preFilter.code === 'Skip') return SKIP
      state[NAME] = filter
      return preFilter.code === 'Success' ? undefined : frameworkStatus(preFilter)
    },
    filter(state, _pod, { name }) {
      const status = (state[NAME] as CycleResult['filter'])[name]
      return status === undefined || status.code === 'Success' ? undefined : frameworkStatus(status)
    },
  }
}

function frameworkStatus({ code, reasons }: Status): FrameworkStatus {
  if (code === 'Unschedulable' || code === 'UnschedulableAndUnresolvable') return { code, reasons }
  return { code: 'Error', reasons: reasons.length > 0 ? reasons : [`the plugin answered ${code}`] }
}

class Questions {
  readonly #trial: Trial<any>
  #plugin: SchedulerPlugin | undefined
  #answers = new Map<string, CycleResult>()
  #bare = new WeakMap<FrameworkNodeInfo, { info: BareNodeInfo; key: string }>()

  constructor(trial: Trial<any>) {
    this.#trial = trial
  }

  cycle(pod: Pod, nodes: readonly FrameworkNodeInfo[]): CycleResult {
    const known = nodes.map((info) => this.#convert(info))
    const key = `${JSON.stringify(pod)}\n${known.map((node) => node.key).join()}`
    const before = this.#answers.get(key)
    if (before) return before
    const answer = this.#ask(
      pod,
      known.map(({ info }) => info),
    )
    this.#answers.set(key, answer)
    return answer
  }

  #ask(pod: Pod, infos: readonly BareNodeInfo[]): CycleResult {
    if (this.#trial.trap) return broken('the plugin has broken down')
    try {
      this.#plugin ??= new SchedulerPlugin(this.#trial)
      this.#plugin.update(infos)
      return this.#plugin.cycle(pod)
    } catch (thrown) {
      if (!(thrown instanceof Crash)) throw thrown
      this.#trial.trap = { failure: thrown.failure, during: thrown.during ?? 'the scheduler' }
      return broken(thrown.failure.message)
    }
  }

  #convert(given: FrameworkNodeInfo): { info: BareNodeInfo; key: string } {
    let bare = this.#bare.get(given)
    if (!bare) {
      const info = nodeInfo(
        given.node,
        podsOf(given.pods).map((pod) => bound(pod, given.node)),
      )
      const text = JSON.stringify(info)
      bare = { info, key: `${given.node.metadata.name}:${hashString(text)}:${hashString(text, 7)}` }
      this.#bare.set(given, bare)
    }
    return bare
  }
}

/** An assumed Pod does not bear its node's name yet. */
const bound = (pod: Pod, { metadata }: Node): Pod =>
  pod.spec.nodeName === metadata.name ? pod : { ...pod, spec: { ...pod.spec, nodeName: metadata.name } }

const broken = (reason: string): CycleResult => ({ preFilter: { code: 'Error', reasons: [reason] }, filter: {} })
