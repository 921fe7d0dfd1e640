/**
 * The plugins that come with the scheduler, in the order in which they run, and their weights.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/registry.go`,
 * `pkg/scheduler/apis/config/v1/default_plugins.go`.
 */
import type { Plugin, Registry } from '../framework.ts'
import { defaultBinder } from './default-binder.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { prioritySort } from './priority-sort.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'

const DEFAULT_ORDER: readonly Plugin[] = [
  schedulingGates,
  prioritySort,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit(),
  nodeResourcesBalancedAllocation,
  defaultBinder,
]

export const defaultRegistry: Registry = Object.freeze(
  Object.fromEntries(DEFAULT_ORDER.map((plugin) => [plugin.name, plugin])),
)

export const DEFAULT_PLUGINS: readonly string[] = Object.freeze(DEFAULT_ORDER.map(({ name }) => name))

/** Those not named here weigh 1. */
export const DEFAULT_WEIGHTS: Readonly<Record<string, number>> = Object.freeze({ TaintToleration: 3, NodeAffinity: 2 })
