/** F09, the funnel: one Pod, and from one node to fifty. It cures: "the scheduler looks for the best fit by magic, or takes turns". */

import type { Described } from '#cluster/scenarios/described.ts'
import type { PodView, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition } from './kit/figure-definition.ts'
import {
  bestOf,
  type Decision,
  drawFunnel,
  isFolded,
  isRefused,
  PLUGIN_WORDS,
  type Progress,
  shortReason,
} from './kit/funnel.ts'
import { editsFor } from './kit/funnel-nodes.ts'
import { sentenceOf } from './kit/sentences.ts'
import type { View } from './kit/view.ts'
import { stepOf } from './kit/view.ts'
import { say } from './kit/words.ts'

const POD = 'web-3'
const KEY = `default/${POD}`

const decisionOf = (timeline: Timeline): { tick: number; detail: Decision } | undefined =>
  timeline.notes.find(({ kind, detail }) => kind === 'scheduling' && (detail as Decision).pod === KEY)

/** In the order in which the picture lists them. */
const rowsByName = (decision: Decision): Decision['nodes'] =>
  [...decision.nodes].sort((a, b) => a.node.length - b.node.length || (a.node < b.node ? -1 : 1))

function filterSentence(row: Decision['nodes'][number]): string {
  if (isRefused(row))
    return say(`Filter: ${row.node} is refused by ${row.plugin}: ${row.reasons.map(shortReason).join(', ')}`, `Filtro: ${row.plugin} rechaza ${row.node}: ${row.reasons.map(shortReason).join(', ')}`) // prettier-ignore
  return say(`Filter: ${row.node} is feasible`, `Filtro: ${row.node} sirve`)
}

/** One sentence a node; of many nodes one for each reason, and one for those that are feasible. */
function filterSentences(decision: Decision): string[] {
  const rows = rowsByName(decision)
  if (!isFolded(rows.length)) return rows.map(filterSentence)
  const groups = new Map<string, string[]>()
  for (const row of rows) {
    const why = isRefused(row) ? say(`refused by ${row.plugin}: ${row.reasons.map(shortReason).join(', ')}`, `rechazados por ${row.plugin}: ${row.reasons.map(shortReason).join(', ')}`) : say('feasible', 'válidos') // prettier-ignore
    groups.set(why, [...(groups.get(why) ?? []), row.node])
  }
  return [...groups].map(([why, names]) =>
    say(
      `Filter: ${names.length} of ${rows.length} nodes are ${why} (${listed(names)})`,
      `Filtro: ${names.length} de ${rows.length} nodos son ${why} (${listed(names)})`,
    ),
  )
}

const NAMES_MAX = 5

const listed = (names: readonly string[]): string =>
  names.slice(0, NAMES_MAX).join(', ') + (names.length > NAMES_MAX ? ' …' : '')

function scoreSentence(decision: Decision): string {
  const rows = rowsByName(decision).flatMap((row) => (isRefused(row) ? [] : [row]))
  const isLong = isFolded(decision.nodes.length) && rows.length > NAMES_MAX
  const best = bestOf(decision, NAMES_MAX)
  const scored = isLong ? best.map((name) => rows.find(({ node }) => node === name)!) : rows
  if (scored.length === 0) return say('Score: no node is left to score', 'Puntuación: no queda ningún nodo')
  if (scored.length === 1) return say(`Score: ${scored[0]!.node} is the only one, so nothing is scored`, `Puntuación: ${scored[0]!.node} es el único, así que no se puntúa nada`) // prettier-ignore
  const telling = Object.entries(PLUGIN_WORDS).find(
    ([plugin]) => new Set(scored.map((row) => row.scores[plugin]?.normalized)).size > 1,
  )
  const why = telling
    ? `; ${telling[1]} ${say('tells them apart', 'los distingue')}: ${scored.map((row) => `${row.node} ${row.scores[telling[0]]?.normalized}`).join(', ')}`
    : ''
  const head = isLong ? say(`Score, the best of ${rows.length}`, `Puntuación, los mejores de ${rows.length}`) : say('Score', 'Puntuación') // prettier-ignore
  return `${head}: ${scored.map((row) => `${row.node} ${row.total}`).join(', ')}${why}`
}

function choiceSentence(decision: Decision): string {
  if (decision.chosen === undefined)
    return say(`No node of ${decision.allNodes} will do: ${POD} stays Pending, with the reasons written into its status`, `Ningún nodo de ${decision.allNodes} sirve: ${POD} sigue Pending, con las razones en su estado`) // prettier-ignore
  const tie =
    decision.tiedWith.length > 0
      ? say(
          `, by chance among equals (${decision.tiedWith.join(', ')})`,
          `, por sorteo entre iguales (${decision.tiedWith.join(', ')})`,
        )
      : ''
  return `${say('Chosen', 'Elegido')}: ${decision.chosen}${tie}`
}

const SHOWN = new Set(['command', 'request', 'watch', 'decision', 'cri'])

/** Only what concerns web-3, and of that the way from the API server to the node. */
function shows(event: Described): boolean {
  if (event.kind === 'command') return event.label.includes('apply')
  if (!event.name.startsWith(POD) && event.kind !== 'decision') return false
  if (event.kind === 'decision') return event.remark.includes(KEY)
  if (!SHOWN.has(event.kind)) return false
  if (event.verb === 'GET' || event.verb === 'range' || event.verb === 'PUT') return false
  if (event.kind === 'watch' && /controller-manager$|kube-apiserver$/.test(event.to)) return false
  return true
}

function progressOf(view: View): Progress {
  const decision = decisionOf(view.timeline)
  const step = stepOf(view)
  const pod = podOf(view)
  const isBound = pod?.node !== undefined
  if (!decision || view.frame.tick < decision.tick)
    return { filtered: 0, isScored: false, isChosen: false, isBound: false }
  const all = decision.detail.nodes.length
  if (step?.event.tick !== decision.tick) return { filtered: all, isScored: true, isChosen: true, isBound }
  const count = filterSentences(decision.detail).length
  return {
    // Many are looked at together.
    filtered: isFolded(all) && step.part > 0 ? all : Math.min(step.part, count),
    isScored: step.part > count,
    isChosen: step.part > count + 1,
    isBound: false,
  }
}

const podOf = ({ frame }: View): PodView | undefined =>
  frame.pods.find(({ name, namespace }) => name === POD && namespace === 'default')

/** Nodes that can be predicted by name. */
const PREDICTED: readonly string[] = ['node-1', 'node-2', 'node-4']

/** Fullest first, by cpu and memory alike. */
const PACKED = {
  profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } }] }],
}

export const figure: FigureDefinition = {
  id: 'F09',
  story: { story: 'scheduler-funnel' },
  inspects: 'pods',
  // The Pod has just been written down: the nodes are as they are, and nobody has looked at them yet.
  opening: (timeline) =>
    timeline.events.find(({ kind, name, to }) => kind === 'watch' && name === POD && to.endsWith('/kube-scheduler'))
      ?.tick ?? 0,
  lens: {
    shows,
    sentence: (event) =>
      event.kind === 'decision'
        ? say(
            `The scheduler takes ${POD} from its queue and looks at every node`,
            `El planificador toma ${POD} de su cola y mira cada nodo`,
          )
        : sentenceOf(event),
    isMajor: ({ kind, verb, resource }) =>
      kind === 'decision' || resource === 'pods/binding' || (verb === 'POST' && resource === 'pods') || kind === 'cri',
    parts(event, timeline) {
      const decision = event.kind === 'decision' ? decisionOf(timeline) : undefined
      if (!decision || decision.tick !== event.tick) return []
      return [...filterSentences(decision.detail), scoreSentence(decision.detail), choiceSentence(decision.detail)]
    },
  },
  prediction: {
    question: say(`Where will ${POD} land?`, `¿Dónde acabará ${POD}?`),
    choices: [...PREDICTED.map((value) => ({ value, label: value })), { value: 'another', label: say('another node', 'otro nodo') }, { value: 'nowhere', label: say('nowhere', 'en ninguna parte') }], // prettier-ignore
    outcome(timeline) {
      const decision = decisionOf(timeline)
      if (!decision) return undefined
      const { detail } = decision
      if (detail.chosen === undefined)
        return {
          value: 'nowhere',
          sentence: say(
            `none of the ${detail.allNodes} nodes passed every filter.`,
            `ninguno de los ${detail.allNodes} nodos pasó todos los filtros.`,
          ),
          tick: decision.tick,
        }
      const bound = timeline.events.find(
        ({ verb, resource, name }) => verb === 'POST' && resource === 'pods/binding' && name === POD,
      )
      const passed =
        detail.feasible === 1
          ? say('it alone passed every filter.', 'solo él pasó todos los filtros.')
          : say(
              `${detail.feasible} nodes passed every filter, and ${detail.chosen} scored highest${detail.tiedWith.length > 0 ? ', by the luck of a draw' : ''}. The scheduler wrote one word, nodeName; nothing was pushed to the node.`,
              `${detail.feasible} nodos pasaron todos los filtros, y ${detail.chosen} tuvo la puntuación más alta${detail.tiedWith.length > 0 ? ', por sorteo' : ''}. El planificador escribió una palabra, nodeName; nada se envió al nodo.`,
            )
      const value = PREDICTED.includes(detail.chosen) ? detail.chosen : 'another'
      return { value, sentence: `${detail.chosen}: ${passed}`, tick: bound?.tick ?? decision.tick }
    },
  },
  tweaks: [
    {
      id: 'cpu',
      label: say('the Pod asks for', 'el Pod pide'),
      initial: '500m',
      choices: ['100m', '500m', '2000m', '3500m'].map((cpu) => ({
        value: cpu,
        label: `cpu ${cpu}`,
        effect: {
          kind: 'story',
          request: { edits: cpu === '500m' ? [] : [{ find: 'cpu: 500m', replace: `cpu: ${cpu}` }] },
        },
      })),
    },
    {
      id: 'taint',
      label: say('node-4’s taint', 'el taint de node-4'),
      initial: 'on',
      choices: [
        { value: 'on', label: say('stays', 'se queda'), effect: { kind: 'story', request: {} } },
        {
          value: 'off',
          label: say('goes', 'se va'),
          effect: { kind: 'story', request: { edits: [{ find: ' taint:gpu=yes:NoSchedule', replace: '' }] } },
        },
      ],
    },
    {
      id: 'nodes',
      label: say('nodes', 'nodos'),
      initial: '5',
      choices: [1, 3, 5, 10, 25, 50].map((nodes) => ({
        value: `${nodes}`,
        label: `${nodes}`,
        effect: { kind: 'story' as const, request: { edits: editsFor(nodes) } },
      })),
    },
    {
      id: 'plugin',
      label: say('the scheduler runs', 'el planificador ejecuta'),
      initial: 'all',
      choices: [
        { value: 'all', label: say('every plugin', 'todos los plugins'), effect: { kind: 'story', request: {} } },
        ...['NodeResourcesFit', 'TaintToleration', 'NodeAffinity'].map((name) => ({
          value: name,
          label: say(`without ${name}`, `sin ${name}`),
          effect: { kind: 'story' as const, request: { disabledPlugins: [name] } },
        })),
      ],
    },
    {
      id: 'score',
      label: say('NodeResourcesFit scores', 'NodeResourcesFit puntúa'),
      initial: 'least',
      choices: [
        { value: 'least', label: 'LeastAllocated', effect: { kind: 'story', request: {} } },
        { value: 'most', label: 'MostAllocated', effect: { kind: 'story', request: PACKED } },
        {
          value: 'balanced',
          label: say('MostAllocated; balance weighs 10', 'MostAllocated; el equilibrio pesa 10'),
          effect: { kind: 'story', request: { ...PACKED, weights: { NodeResourcesBalancedAllocation: 10 } } },
        },
      ],
    },
    {
      id: 'seed',
      label: say('seed', 'semilla'),
      initial: '7',
      choices: ['7', '8', '9'].map((seed) => ({
        value: seed,
        label: seed,
        effect: { kind: 'story', request: seed === '7' ? {} : { seed: Number(seed) } },
      })),
    },
  ],
  more: { path: 'explain', label: () => say('On 100 nodes', 'Con 100 nodos') },
  pace: (step) => (step.part > 0 ? 750 : 1000),
  draw: (view) => drawFunnel(view, podOf(view), decisionOf(view.timeline)?.detail, progressOf(view)),
}
