/** What the scheduler said of a Pod: its Event, word by word, and the way through the funnel in one sentence. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Explained } from './protocol.ts'
import type { Row } from './verdicts.ts'
import type { ExplainWords } from './words.ts'

export interface SaidView {
  readonly explained: Explained
  /** No scheduler has placed it: somebody has named its node. */
  readonly isPlaced: boolean
}

export function drawSaid({ explained, isPlaced }: SaidView, text: ExplainWords): TemplateResult {
  const { event, nodes, schedulerName } = explained
  if (nodes.length === 0) return html`<p class="card said aside">${text.nobody(schedulerName)}</p>`
  return html`<section class="card said ${event?.type ?? ''}">
    ${isPlaced ? html`<p>${text.notAsked}</p>` : nothing}
    ${event ? html`<p class="event"><b>${event.type}</b> <b>${event.reason}</b> <span>${event.message}</span></p>` : nothing}
    <p class="funnel">${funnelSentence(explained, text)}</p>
  </section>`
}

/** What the changes have changed, in a sentence or two. */
export function differenceSentence(
  explained: Explained,
  baseline: Explained,
  rows: readonly Row[],
  text: ExplainWords,
): string {
  const verdicts = rows.filter(({ isOther }) => isOther).length
  const sums = rows.filter(({ hasOtherSum }) => hasOtherSum).length
  const counts = [...(verdicts > 0 ? [text.verdicts(verdicts)] : []), ...(sums > 0 ? [text.sums(sums)] : [])]
  const where = text.goes(explained.chosen, baseline.chosen)
  return counts.length === 0 ? `${where} ${text.same}` : `${where} ${text.otherwise(counts.join(', '))}`
}

/** `100 nodes → 57 pass every filter → large-18 has the highest sum, 689`. */
export function funnelSentence(explained: Explained, text: ExplainWords): string {
  const { nodes, chosen, tiedWith, schedulerName } = explained
  if (nodes.length === 0) return text.nobody(schedulerName)
  const passed = nodes.filter(({ outcome }) => outcome === 'chosen' || outcome === 'fits').length
  const unseen = nodes.filter(({ outcome }) => outcome === 'unseen').length
  const total = nodes.find(({ node }) => node === chosen)?.total
  const end = chosen === undefined ? text.nowhere : total === undefined ? text.lone(chosen) : text.scored(chosen, total)
  const parts = [text.funnel(nodes.length, passed), ...(unseen > 0 ? [text.unseen(unseen)] : []), end]
  return `${parts.join(' → ')}${tiedWith.length > 0 ? `, ${text.tied(tiedWith.join(', '))}` : ''}.`
}

/** The whole decision in lines, for those who read it, or copy it. */
export function transcriptOf(explained: Explained, rows: readonly Row[], text: ExplainWords): readonly string[] {
  const { event } = explained
  const lines = rows.map(({ node, outcome, plugin, reasons, scores, total }) => {
    if (outcome === 'refused') return `${node}: ${text.refused}, ${plugin}: ${reasons.join(', ')}`
    if (outcome === 'unseen') return `${node}: ${text.notSeen}`
    const parts = scores.map((score) => `${score.plugin} ${score.normalized} × ${score.weight}`)
    return `${node}: ${text[outcome]}${total === undefined ? '' : `, ${total} = ${parts.join(' + ')}`}`
  })
  return [
    ...(event ? [`${event.type} ${event.reason}: ${event.message}`] : []),
    funnelSentence(explained, text),
    ...lines,
  ]
}
