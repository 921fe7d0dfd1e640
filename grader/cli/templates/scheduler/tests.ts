/** A learner's own examples: how one is read, and how a plugin is held against it. */
import {
  defineTests,
  defineTexts,
  node,
  nodeInfo,
  pod,
  type Reader,
  schedulerGuest,
  SchedulerPlugin,
  type Trial,
} from 'clusterwright/kit'

const CODES = ['Success', 'Unschedulable'] as const

const { texts, say } = defineTexts({
  en: { otherwise: 'A node with these labels gets another answer.' },
  es: { otherwise: 'Un nodo con estas etiquetas recibe otra respuesta.' },
})

interface Example {
  /** Of the one node. */
  readonly labels: Readonly<Record<string, string>>
  readonly expect: (typeof CODES)[number]
}

function read(given: Reader): Example {
  given.only('name', 'labels', 'expect')
  return { labels: given.at('labels').texts(), expect: given.at('expect').oneOf(CODES) }
}

function run(trial: Trial<any>, { labels, expect }: Example): void {
  const plugin = new SchedulerPlugin(trial)
  plugin.update([nodeInfo(node('node-1').labels(labels))])
  const { code, reasons } = plugin.cycle(pod('web')).filter['node-1']!
  // Who says no without a reason has not said it.
  const answer = code === 'Unschedulable' && reasons.length === 0 ? 'no reason' : code
  trial.equal(answer, expect, say('otherwise'))
}

export default defineTests<Example>({ guest: schedulerGuest(), threshold: 2, beyond: [], read, run, texts })
