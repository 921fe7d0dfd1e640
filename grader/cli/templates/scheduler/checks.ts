/** Each check is a name, a hint and a function of a trial; the checks run in this order. */
import {
  type BareNodeInfo,
  type Chance,
  defineChecks,
  defineTexts,
  example,
  node,
  nodeInfo,
  pod,
  property,
  schedulerGuest,
  SchedulerPlugin,
  type Trial,
} from 'clusterwright/kit'

const MAINTENANCE = 'example.com/maintenance'

/** What the checks say, in both languages, by key. */
const { texts, say } = defineTexts({
  en: {
    refused: 'Node {node} is not under maintenance, but the Pod was refused there.',
    accepted: 'Node {node} is under maintenance, but the Pod was let through.',
    mute: 'Node {node} was refused without a reason.',
    reasons: 'at least one reason',
  },
  es: {
    refused: 'El nodo {node} no está en mantenimiento, pero se rechazó el Pod allí.',
    accepted: 'El nodo {node} está en mantenimiento, pero se dejó pasar el Pod.',
    mute: 'El nodo {node} se rechazó sin dar una razón.',
    reasons: 'al menos una razón',
  },
  names: {
    'a node under maintenance is refused, with a reason': 'un nodo en mantenimiento se rechaza, con una razón',
    'on any cluster, only nodes under maintenance are refused':
      'en cualquier clúster solo se rechazan los nodos en mantenimiento',
  },
})

/** One cycle of a fresh plugin over these nodes, each answer judged by the rule of the task. */
function judge(trial: Trial<any>, infos: readonly BareNodeInfo[]): void {
  const plugin = new SchedulerPlugin(trial)
  plugin.update(infos)
  const { filter } = plugin.cycle(pod('web'))
  for (const info of infos) {
    const { name, labels } = info.node.metadata
    const { code, reasons } = filter[name]!
    const isClosed = labels?.[MAINTENANCE] === 'true'
    if (!isClosed) trial.equal(code, 'Success', say('refused', { node: name }), { hint: 'value' })
    else if (code === 'Success') {
      trial.fail({ message: say('accepted', { node: name }), expected: 'Unschedulable', actual: code, hint: 'place' })
    } else if (reasons.length === 0) {
      trial.fail({ message: say('mute', { node: name }), expected: say('reasons'), actual: '[]', hint: 'answer' })
    }
  }
}

/** A plan is plain JSON made from chance, so that a failing one can be made smaller and played again. */
interface Plan {
  readonly nodes: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]
}

const labelled = (value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [MAINTENANCE]: value }

const cluster = (chance: Chance): Plan => ({
  nodes: chance.times(chance.between(1, 6), (index) => ({
    name: `node-${index + 1}`,
    labels: labelled(chance.pick(['true', 'true', 'false', '', undefined])),
  })),
})

export default defineChecks(
  schedulerGuest(),
  [
    example('a node under maintenance is refused, with a reason', {
      hint: 'place',
      run: (trial) =>
        judge(trial, [nodeInfo(node('node-1').labels({ [MAINTENANCE]: 'true' })), nodeInfo(node('node-2'))]),
    }),

    property('on any cluster, only nodes under maintenance are refused', {
      hint: 'value',
      generate: cluster,
      run(trial, { nodes }) {
        judge(
          trial,
          nodes.map(({ name, labels }) => nodeInfo(node(name).labels(labels))),
        )
      },
      shrink: { fixed: ['name', 'labels'], nonEmpty: ['nodes'] },
    }),
  ],
  texts,
)
