/**
 * A learner's filter plugin inside the simulation's kube-scheduler, in place of NodeResourcesFit, NodeAffinity and
 * NodeUnschedulable.
 *
 * The guest is asked once per cycle, for all nodes, in `preFilter`; `filter` only reads the answer.
 */
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import type { Plugin, Status as FrameworkStatus } from '#cluster/kube-scheduler/framework.ts'
import { SKIP } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import type { SchedulerOptions } from '#cluster/kube-scheduler/state.ts'
import { LearnerNodes, Questions } from './questions.ts'
import type { CycleResult, Status } from './scheduler-guest.ts'
import { nodeInfo, SchedulerPlugin } from './scheduler-guest.ts'
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

function learnerFilter(trial: Trial<any>): Plugin {
  const questions = new Questions(trial, () => new SchedulerPlugin(trial))
  const known = new LearnerNodes(nodeInfo)
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const all = [...nodes].map((info) => known.of(info))
      const { preFilter, filter } = questions.ask(
        `${JSON.stringify(pod)}\n${all.map(({ key }) => key).join()}`,
        (plugin) => {
          plugin.update(all.map(({ info }) => info))
          return plugin.cycle(pod)
        },
        broken,
      )
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

/** A learner's "no" as the framework has it; whatever is no answer to "may it?" is an Error. */
export function frameworkStatus({ code, reasons }: Status): FrameworkStatus {
  if (code === 'Unschedulable' || code === 'UnschedulableAndUnresolvable') return { code, reasons }
  return { code: 'Error', reasons: reasons.length > 0 ? reasons : [`the plugin answered ${code}`] }
}

const broken = (reason: string): CycleResult => ({ preFilter: { code: 'Error', reasons: [reason] }, filter: {} })
