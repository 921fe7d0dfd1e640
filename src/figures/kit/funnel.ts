/** The scheduler's funnel: one Pod, every node, and what the scheduler said of each; from the note that it leaves. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { Frame, MachineView, PodView } from '../../simulation/protocol.ts'
import { definitions, fitted, fitText, type Rect } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

/** What the scheduler's note says, as far as the picture needs it. */
export interface Decision {
  readonly pod: string
  readonly chosen?: string
  readonly tiedWith: readonly string[]
  readonly nodes: readonly (Refused | Scored)[]
  readonly feasible: number
  readonly allNodes: number
}

interface Refused {
  readonly node: string
  readonly plugin: string
  readonly reasons: readonly string[]
}

interface Scored {
  readonly node: string
  readonly scores: Readonly<Record<string, { readonly normalized: number; readonly weighted: number }>>
  readonly total: number
}

export const isRefused = (row: Refused | Scored): row is Refused => 'reasons' in row

/** How far the funnel is told: nothing yet, up to the n-th node filtered, the scores, the choice, the binding. */
export interface Progress {
  readonly filtered: number
  readonly isScored: boolean
  readonly isChosen: boolean
  readonly isBound: boolean
}

interface Row {
  readonly machine: MachineView
  readonly said: Refused | Scored | undefined
  readonly verdict: 'open' | 'feasible' | 'refused'
  readonly isChosen: boolean
  /** Of several nodes told as one. */
  readonly group?: { readonly size: number; readonly points: readonly number[] }
}

export function rowsOf(frame: Frame, decision: Decision | undefined, progress: Progress): Row[] {
  const nodes = frame.machines.filter(({ node }) => node !== undefined)
  return nodes.map((machine, i) => {
    const said = decision?.nodes.find(({ node }) => node === machine.name)
    const known = decision !== undefined && i < progress.filtered
    const verdict = !known ? 'open' : said && isRefused(said) ? 'refused' : 'feasible'
    return {
      machine,
      said: known ? said : undefined,
      verdict,
      isChosen: progress.isChosen && decision?.chosen === machine.name,
    }
  })
}

/** Of more nodes than these, those that are alike are told as one. */
const ROWS_MAX = 10
/** So many of the feasible ones keep a row of their own. */
const BEST_MAX = 5

export const isFolded = (nodes: number): boolean => nodes > ROWS_MAX

/** The best, each by itself; the others by what is the same of them: the reason, that they are feasible, or what they look like. */
export function foldRows(rows: readonly Row[], decision: Decision | undefined, { isScored }: Progress): Row[] {
  if (!isFolded(rows.length)) return [...rows]
  const best = isScored && decision ? bestOf(decision, BEST_MAX) : []
  const alone = rows.filter(({ machine, isChosen }) => isChosen || best.includes(machine.name))
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    if (alone.includes(row)) continue
    const likeness = row.verdict === 'open' ? factsOf(row.machine) : `${row.verdict} ${reasonsOf(row)}`
    groups.set(likeness, [...(groups.get(likeness) ?? []), row])
  }
  const folded = [...groups.values()].map(groupRow).sort((a, b) => (a.verdict < b.verdict ? -1 : 1))
  const byTotal = alone.toSorted((a, b) => totalOf(b) - totalOf(a))
  return [...byTotal, ...folded]
}

const totalOf = ({ said }: Row): number => (said && !isRefused(said) ? said.total : 0)

/** Names of the nodes with most points, best first; whoever is chosen is the first. */
export function bestOf({ nodes, chosen }: Decision, count: number): string[] {
  const scored = nodes.filter((row): row is Scored => !isRefused(row))
  const points = ({ node, total }: Scored): number => total + (node === chosen ? 0.5 : 0)
  return scored
    .toSorted((a, b) => points(b) - points(a))
    .slice(0, count)
    .map(({ node }) => node)
}

/** Several nodes as one: what is requested is that of all of them together, and what they bear is what each of them bears. */
function groupRow(rows: readonly Row[]): Row {
  const [first] = rows
  const { machine, said, verdict } = first!
  if (rows.length === 1) return first!
  const nodes = rows.map((row) => row.machine.node!)
  const sum = (read: (node: NonNullable<MachineView['node']>) => number): number =>
    nodes.reduce((all, node) => all + read(node), 0)
  const labels = Object.entries(machine.node!.labels)
  const node = {
    ...machine.node!,
    labels: Object.fromEntries(labels.filter(([key, value]) => nodes.every((one) => one.labels[key] === value))),
    taints: machine.node!.taints.filter((taint) => nodes.every((one) => one.taints.includes(taint))),
    cpuRequested: sum(({ cpuRequested }) => cpuRequested),
    cpuAllocatable: sum(({ cpuAllocatable }) => cpuAllocatable),
  }
  const name = say(`${rows.length} nodes`, `${rows.length} nodos`)
  const shown = said && isRefused(said) ? said : undefined
  const points = rows.flatMap((row) => (row.said && !isRefused(row.said) ? [row.said.total] : []))
  const group = { size: rows.length, points }
  return { machine: { ...machine, name, node }, said: shown, verdict, isChosen: false, group }
}

export function drawFunnel(
  view: View,
  pod: PodView | undefined,
  decision: Decision | undefined,
  progress: Progress,
): TemplateResult {
  const all = rowsOf(view.frame, decision, progress)
  const rows = foldRows(all, decision, progress)
  const summary = summaryOf(rows, pod, decision, progress, all.length)
  return isNarrow(view)
    ? narrowFunnel(rows, pod, decision, progress, summary)
    : wideFunnel(view.width, rows, pod, decision, progress, summary)
}

const ROW = 58
const TOP = 46

function wideFunnel(
  width: number,
  rows: readonly Row[],
  pod: PodView | undefined,
  decision: Decision | undefined,
  progress: Progress,
  summary: string,
): TemplateResult {
  const height = TOP + rows.length * ROW + 10
  const nodeX = 176
  const nodeWidth = 172
  const scoreX = nodeX + nodeWidth + 126
  const bindWidth = 108
  const bindX = width - bindWidth - 2
  const podY = TOP + (rows.length * ROW) / 2 - 36
  // A refused node has no score, so its reason may run on to the binding's column.
  const verdictRoom = ({ verdict }: Row): number =>
    (verdict === 'refused' ? bindX : scoreX - 14) - nodeX - nodeWidth - 16
  return html`<svg
    class="funnel"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${summary}
  >
    ${definitions()}
    <g class="heads">
      <text x=${nodeX + 10} y="24">${say('FILTER', 'FILTRO')}</text>
      <text x=${scoreX} y="24">${say('SCORE', 'PUNTOS')}</text>
      <text x=${bindX} y="24">${say('BIND', 'ENLACE')}</text>
    </g>
    ${pod && !progress.isBound ? waitingPod(pod, { x: 2, y: podY, width: 112, height: 66 }) : emptyPlace({ x: 2, y: podY, width: 112, height: 66 })}
    ${rows.map((row, i) => {
      const y = TOP + i * ROW + 4
      const rect = { x: nodeX, y, width: nodeWidth, height: 46 }
      return svg`<path d="M115 ${podY + 33}C${nodeX - 28} ${podY + 33} ${nodeX - 34} ${y + 23} ${nodeX} ${y + 23}" class="thread ${row.verdict}" />
        ${nodeBox(rect, row)} ${verdictText(nodeX + nodeWidth + 16, y + 28, row, verdictRoom(row))}
        ${row.verdict === 'feasible' && progress.isScored && decision ? scoreBar({ x: scoreX, y: y + 4, width: bindX - scoreX - 70, height: 24 }, row, decision) : nothing}
        ${row.isChosen ? bound({ x: bindX, y, width: bindWidth, height: 46 }, pod, scoreX + Math.max(60, bindX - scoreX - 44), progress) : nothing}`
    })}
  </svg>`
}

function waitingPod(pod: PodView, { x, y, width, height }: Rect): SVGTemplateResult {
  const middle = x + width / 2
  return svg`<g class="pod pending"><rect x=${x} y=${y} width=${width} height=${height} rx="12" class="pod-box" />
    <text x=${middle} y=${y + 28} text-anchor="middle" class="pod-name big">${fitted(pod.name, width - 10, 14)}</text>
    <text x=${middle} y=${y + 47} text-anchor="middle" class="mono">cpu ${pod.cpuMilli}m</text></g>`
}

const emptyPlace = ({ x, y, width, height }: Rect): SVGTemplateResult =>
  svg`<rect x=${x} y=${y} width=${width} height=${height} rx="12" class="empty-place" />`

const used = ({ node }: MachineView): number =>
  node && node.cpuAllocatable > 0 ? Math.min(1, node.cpuRequested / node.cpuAllocatable) : 0

/** What of a node the reader may want to know before the scheduler says it. */
export function factsOf({ node }: MachineView): string {
  if (!node) return ''
  const disk = node.labels['disk']
  const taint = node.taints.map((one) => one.replace(/=[^:]*:/, ':'))[0]
  return [disk ? `disk=${disk}` : '', taint ? `taint ${taint.split(':')[0]}` : ''].filter(Boolean).join(' · ')
}

function nodeBox({ x, y, width, height }: Rect, { machine, verdict }: Row): SVGTemplateResult {
  const share = used(machine)
  return svg`<g class="node-box ${verdict}">
    <title>${machine.name}: ${machine.node?.cpuRequested ?? 0}m ${say('of', 'de')} ${machine.node?.cpuAllocatable ?? 0}m ${say('CPU requested', 'de CPU pedida')}</title>
    <rect x=${x} y=${y} width=${width} height=${height} rx="9" class="node-frame" />
    <text x=${x + 13} y=${y + 20} class="node-name">${machine.name}</text>
    <text x=${x + 13} y=${y + 37} class="node-facts">${fitted(factsOf(machine), width - 20, 11.5)}</text>
    <rect x=${x + width - 78} y=${y + 10} width="64" height="11" rx="3" class="meter" />
    <rect x=${x + width - 78} y=${y + 10} width=${64 * share} height="11" rx="3" class="meter-fill" />
  </g>`
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^Insufficient (.*)$/, 'Insufficient $1'],
  [/^node\(s\) had untolerated taint\(s\)$/, 'untolerated taint'],
  [/^node\(s\) didn't match Pod's node affinity\/selector$/, 'node affinity: no match'],
]

/** The scheduler's own reason, short enough for a row. */
export function shortReason(reason: string): string {
  for (const [pattern, words] of REASONS) if (pattern.test(reason)) return reason.replace(pattern, words)
  return reason
}

const feasible = ({ group }: Row): string => say('feasible', group ? 'sirven' : 'sirve')

/** What nodes told as one have scored, the least and the most. */
function pointsOf({ group }: Row): string {
  const [least, most] = [Math.min(...(group?.points ?? [])), Math.max(...(group?.points ?? []))]
  if (!group || most <= 0) return ''
  return least === most ? say(`${most} each`, `${most} cada uno`) : say(`${least} to ${most}`, `de ${least} a ${most}`)
}
const pickWords = (isBound: boolean): string => (isBound ? say('bound', 'vinculado') : say('chosen', 'elegido'))

/** Why this node is refused, in a few words; the taint by its name. */
function reasonsOf({ machine, said }: Row): string {
  if (!said || !isRefused(said)) return ''
  const taint = machine.node?.taints[0]?.split(/[=:]/)[0]
  return said.reasons
    .map((reason) => shortReason(reason).replace(/taint$/, taint ? `taint {${taint}}` : 'taint'))
    .join(', ')
}

function verdictText(x: number, y: number, row: Row, room: number): SVGTemplateResult {
  const { verdict, said } = row
  if (verdict === 'open') return svg``
  if (verdict === 'feasible') return svg`<text x=${x} y=${y} class="yes">✓ ${feasible(row)}</text>`
  const reasons = reasonsOf(row)
  return svg`<text x=${x} y=${y} class="no"><title>${said && isRefused(said) ? `${said.plugin}: ${said.reasons.join(', ')}` : ''}</title>✕ ${fitText(reasons, room, 13.5)}</text>`
}

/** Plugins by the words that the picture has for them. */
export const PLUGIN_WORDS: Readonly<Record<string, string>> = {
  NodeResourcesFit: 'Fit',
  NodeResourcesBalancedAllocation: 'Balanced',
  TaintToleration: 'Taints',
  NodeAffinity: 'Affinity',
}

/** The plugins that gave the nodes different points, in the order above; what is equal for all decides nothing. */
export function tellingPlugins(decision: Decision): string[] {
  const scored = decision.nodes.filter((row): row is Scored => !isRefused(row))
  return Object.keys(PLUGIN_WORDS).filter(
    (plugin) => new Set(scored.map(({ scores }) => scores[plugin]?.weighted)).size > 1,
  )
}

/** How a node's total came about: what tells the nodes apart by name, and what all of them have in common. */
function sumOf({ scores, total }: Scored, plugins: readonly string[]): string {
  const parts = plugins.map((plugin) => ({ name: PLUGIN_WORDS[plugin] ?? plugin, points: scores[plugin]!.weighted }))
  const rest = total - parts.reduce((sum, { points }) => sum + points, 0)
  return [
    ...parts.map(({ name, points }) => `${name} ${points}`),
    ...(rest > 0 ? [`${rest} ${say('alike for all', 'igual para todos')}`] : []),
  ].join(' + ')
}

function scoreBar(rect: Rect, row: Row, decision: Decision): SVGTemplateResult {
  const { said, isChosen } = row
  if (row.group) return svg`<text x=${rect.x} y=${rect.y + 20} class="quiet">${pointsOf(row)}</text>`
  if (!said || isRefused(said)) return svg``
  const { x, y, width, height } = rect
  if (decision.feasible === 1)
    return svg`<text x=${x} y=${y + 20} class="quiet">${say('the only one left', 'el único que queda')}</text>`
  const plugins = tellingPlugins(decision)
  const total = (at: number) =>
    svg`<text x=${at + 9} y=${y + 17} class="total ${isChosen ? 'best' : ''}">${said.total}</text>`
  if (plugins.length === 0)
    return svg`<text x=${x} y=${y + 20} class="quiet">${say('all alike', 'iguales')}</text>${total(x + 56)}`
  let left = x
  const boxes = plugins.map((plugin) => {
    const { normalized, weighted } = said.scores[plugin]!
    const wide = (normalized / 100) * (width / plugins.length)
    const box = svg`<g class="score ${plugin}"><title>${plugin}: ${say(`${normalized} of 100, counts ${weighted}`, `${normalized} de 100, cuenta ${weighted}`)}</title>
      <rect x=${left} y=${y} width=${Math.max(2, wide)} height=${height} />
      <text x=${left + 6} y=${y + 16}>${weighted}</text></g>`
    left += wide
    return box
  })
  return svg`${boxes}${total(left)}
    <text x=${x} y=${y + height + 13} class="sum">${fitted(sumOf(said, plugins), width + 60, 11)}</text>`
}

function bound(rect: Rect, pod: PodView | undefined, from: number, { isBound }: Progress): SVGTemplateResult {
  const { x, y, width, height } = rect
  const middle = y + height / 2
  return svg`<g class="arrow solid"><path d="M${from} ${middle}H${x - 8}" class="arrow-line" /><path d="M${x - 15} ${middle - 5}l8 5 -8 5" class="arrow-head" /></g>
    <g class="pod ${isBound ? (pod?.phase ?? 'creating') : 'pending'}"><rect x=${x} y=${y} width=${width} height=${height} rx="10" class="pod-box" />
    <text x=${x + width / 2} y=${middle - 1} text-anchor="middle" class="pod-name">${fitted(pod?.name ?? '', width - 8, 13)}</text>
    <text x=${x + width / 2} y=${middle + 14} text-anchor="middle" class="pod-words">${pickWords(isBound)}</text></g>`
}

// ── narrow: a list ──────────────────────────────────────────────────────────────────────────────────────────────────

function narrowFunnel(
  rows: readonly Row[],
  pod: PodView | undefined,
  decision: Decision | undefined,
  progress: Progress,
  summary: string,
): TemplateResult {
  return html`<div class="funnel-list" role="group" aria-label=${summary}>
    ${pod ? html`<p class="asker ${progress.isBound ? 'settled' : ''}"><b>${pod.name}</b><span class="mono">cpu ${pod.cpuMilli}m</span></p>` : nothing}
    <ol>
      ${rows.map(
        (row) =>
          html`<li class="${row.verdict} ${row.isChosen ? 'chosen' : ''}">
            <span class="who"><b>${row.machine.name}</b><small>${factsOf(row.machine)}</small></span>
            <span class="meter" title=${say('CPU requested', 'CPU pedida')}
              ><i style="width:${Math.round(used(row.machine) * 100)}%"></i
            ></span>
            <span class="said">${narrowVerdict(row, progress, decision)}</span>
          </li>`,
      )}
    </ol>
  </div>`
}

function narrowVerdict(row: Row, { isScored, isBound }: Progress, decision: Decision | undefined): unknown {
  const { verdict, said, isChosen } = row
  if (verdict === 'open') return html`<span class="quiet">${say('not looked at yet', 'aún sin mirar')}</span>`
  if (verdict === 'refused') return html`<span class="no">✕ ${reasonsOf(row)}</span>`
  const isCounted = isScored && decision && said && !isRefused(said) && said.total > 0
  const total = isCounted
    ? html` <b>${said.total}</b> <small class="sum">${sumOf(said, tellingPlugins(decision))}</small>`
    : isScored && pointsOf(row)
      ? html` <small class="sum">${pointsOf(row)}</small>`
      : nothing
  return html`<span class="yes">✓ ${feasible(row)}</span
    >${total}${isChosen ? html` <b class="pick">${pickWords(isBound)}</b>` : nothing}`
}

export function summaryOf(
  rows: readonly Row[],
  pod: PodView | undefined,
  decision: Decision | undefined,
  progress: Progress,
  nodes = rows.length,
): string {
  const name = pod?.name ?? say('The Pod', 'El Pod')
  const said = rows.map((row) => {
    const { machine, said, verdict, group } = row
    const share = Math.round(used(machine) * 100)
    if (verdict === 'open')
      return say(
        `${machine.name} not looked at yet (${factsOf(machine)}, ${share} percent of its CPU requested)`,
        `${machine.name} aún sin mirar (${factsOf(machine)}, ${share} por ciento de su CPU pedida)`,
      )
    if (verdict === 'refused')
      return `${machine.name} ${say('refused', group ? 'rechazados' : 'rechazado')}: ${said && isRefused(said) ? said.reasons.join(', ') : ''}`
    const total = said && !isRefused(said) ? said.total : pointsOf(row)
    const points = progress.isScored && total !== '' ? `, ${say('score', 'puntuación')} ${total}` : ''
    return `${machine.name} ${feasible(row)}${points}`
  })
  const { chosen } = decision ?? {}
  const end = !progress.isChosen
    ? ''
    : chosen
      ? ` ${say(`${chosen} is chosen.`, `Se elige ${chosen}.`)}`
      : ` ${say('No node is chosen.', 'No se elige ningún nodo.')}`
  return `${name} ${say('and', 'y')} ${nodes === 1 ? say('1 node', '1 nodo') : say(`${nodes} nodes`, `${nodes} nodos`)}. ${said.join('. ')}.${end}`
}
