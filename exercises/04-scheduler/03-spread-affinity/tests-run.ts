/** How a submission is held against a learner's own examples for `spread-affinity`. */
import { nodeInfo, type Said, SchedulerPlugin, type Status, type Supposed, type Trial } from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { say } from './tests-texts.ts'

export type Answers = Readonly<Record<string, string>>
export type Change = { readonly add: Pod } | { readonly remove: string }

export interface Cycle {
  readonly pods: readonly Pod[]
  readonly pod: Pod
  readonly meanwhile: readonly Pod[]
  readonly expect: Answers
  readonly whatIf: readonly { readonly changes: readonly Change[]; readonly expect: Answers }[]
}

export interface Example {
  readonly nodes: readonly Node[]
  readonly cycles: readonly Cycle[]
}

export function run(trial: Trial<any>, { nodes, cycles }: Example): void {
  const plugin = new SchedulerPlugin(trial)
  for (const cycle of cycles) {
    plugin.update(nodes.map((one) => nodeInfo(one, cycle.pods)))
    const { id, status } = plugin.begin(cycle.pod)
    for (const other of cycle.meanwhile) plugin.begin(other)
    const { name } = cycle.pod.metadata
    hold(trial, name, cycle.expect, plugin.filters(id))
    if (status.code === 'Skip' || cycle.whatIf.length === 0) continue
    for (const { changes, expect } of cycle.whatIf) {
      const told = (finding: Said): Said => say('supposed', { finding, changes: changes.map(inWords).join(', ') })
      hold(trial, name, expect, plugin.whatIf(id, suppose(nodes, cycle.pods, changes), Object.keys(expect)), told)
    }
    hold(trial, name, cycle.expect, plugin.filters(id), (finding) => say('afterwards', { finding }))
  }
}

/** Each change, with its node as it is after it. */
function suppose(nodes: readonly Node[], there: readonly Pod[], changes: readonly Change[]): Supposed[] {
  let pods = there
  return changes.map((change): Supposed => {
    const about = 'add' in change ? change.add : pods.find(({ metadata }) => metadata.name === change.remove)!
    pods = 'add' in change ? [...pods, about] : pods.filter((other) => other !== about)
    const at = nodes.find(({ metadata }) => metadata.name === about.spec.nodeName)!
    const info = nodeInfo(at, pods)
    return 'add' in change ? { add: about, info } : { remove: about, info }
  })
}

const inWords = (change: Change): string =>
  'add' in change ? `+${change.add.metadata.name} (${change.add.spec.nodeName})` : `−${change.remove}`

function hold(
  trial: Trial<any>,
  pod: string,
  expect: Answers,
  found: Readonly<Record<string, Status>>,
  told = (finding: Said): Said => finding,
): void {
  for (const [node, code] of Object.entries(expect)) {
    const answer = found[node]!
    trial.equal(answer.code, code, told(say('otherwise', { pod, node })))
    if (code === 'Success' || answer.reasons.some((reason) => reason.trim() !== '')) continue
    const message = told(say('no-reason', { pod, node }))
    trial.fail({ message, expected: say('a-reason', { code }), actual: code })
  }
}
