/**
 * `<cw-standing>`: where a submission stands, with what was submitted before and ways to pass it on. Properties: `verdict`
 * (without one, only what was submitted before is shown, if anything was), `source` (what was graded), `exercise` (its id),
 * `isShared` (somebody else's: nothing is kept), `width` in px.
 */
import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit'
import type { Standing } from '#grader/verdict/standing.ts'
import type { Verdict } from '#grader/verdict/verdict.ts'
import { readKept, writeKept } from '../kept-text.ts'
import { formatAgo, shortDigest } from '../units.ts'
import { type PastStanding, readPast, withStanding } from './past-standings.ts'
import { drawStanding } from './standing-view.ts'
import { placeOf, standingWords } from './standing-words.ts'
import './standing.css'

const SAYING_MS = 2_000

export const standingOf = (verdict: Verdict | undefined): Standing | undefined =>
  verdict?.checks.find(({ standing }) => standing !== undefined)?.standing

export class StandingElement extends LitElement {
  static override properties = {
    verdict: { attribute: false },
    source: { attribute: false },
    exercise: { attribute: false },
    isShared: { attribute: false },
    width: { attribute: false },
  }

  declare verdict: Verdict | undefined
  declare source: string
  declare exercise: string
  declare isShared: boolean
  declare width: number
  #measure = ''
  #chosen: number | undefined
  #past: readonly PastStanding[] = []
  /** What has just been said about the submission with this digest. */
  #said: { digest: string; words: string } | undefined

  override createRenderRoot(): HTMLElement {
    return this
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('verdict') && !changed.has('exercise')) return
    this.#chosen = undefined
    if (this.isShared) return
    this.#past = readPast(readKept(`standings/${this.exercise}`))
    const standing = standingOf(this.verdict)
    if (standing) this.#keep(this.verdict!, standing)
  }

  #keep({ status, digest }: Verdict, standing: Standing): void {
    const { source, exercise } = this
    const share = standing.pairings[0]!.ratio.median
    const reference = standing.entrants[1]!.title
    const now = { at: Date.now(), digest, status, rank: standing.rank, share, reference, source }
    this.#past = withStanding(this.#past, now)
    writeKept(`standings/${exercise}`, JSON.stringify(this.#past))
  }

  async #copyLink({ source, digest }: PastStanding): Promise<void> {
    const { submissionHash } = await import('#grader/verdict/submission-link.ts')
    const hash = await submissionHash(source)
    if (hash !== undefined && navigator.clipboard)
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}${hash}`)
    this.#say(digest, hash === undefined ? standingWords().tooLong : standingWords().copied)
  }

  async #save({ source, digest, rank }: PastStanding): Promise<void> {
    const { submissionFile } = await import('#grader/verdict/submission-link.ts')
    const say = standingWords()
    const words = say.fileWords(say.place(placeOf(rank), rank.of), shortDigest(digest))
    const href = URL.createObjectURL(new Blob([submissionFile(source, this.exercise, words)], { type: 'text/plain' }))
    const download = `${this.exercise}-${shortDigest(digest)}.ts`
    Object.assign(document.createElement('a'), { href, download }).click()
    setTimeout(() => URL.revokeObjectURL(href))
  }

  #say(digest: string, words: string): void {
    this.#said = { digest, words }
    this.requestUpdate()
    setTimeout(() => {
      this.#said = undefined
      this.requestUpdate()
    }, SAYING_MS)
  }

  #drawPast(): TemplateResult {
    const say = standingWords()
    return html`<h4>${say.past}</h4>
      <ol class="cw-standing-past">
        ${this.#past.map((one) => this.#drawOne(one))}
      </ol>
      <p class="cw-standing-note">${say.pastNote} ${say.reproduces}</p>`
  }

  #drawOne(one: PastStanding): TemplateResult {
    const say = standingWords()
    const { at, digest, rank, share, reference, status } = one
    const place = status === 'pass' ? say.place(placeOf(rank), rank.of) : '–'
    return html`<li>
      <span class="cw-standing-who">${formatAgo(Date.now() - at).text}</span>
      <span>${place} · ${say.shareOf(share.toFixed(2), reference)}</span>
      <span class="cw-story-buttons">
        <button type="button" class="cw-tool" @click=${() => void this.#save(one)}>${say.save}</button>
        <button type="button" class="cw-tool" @click=${() => void this.#copyLink(one)}>${say.copyLink}</button>
        <span role="status">${this.#said?.digest === digest ? this.#said.words : nothing}</span>
      </span>
    </li>`
  }

  #drawNow(standing: Standing): TemplateResult {
    return drawStanding({
      ...{ standing, isShared: this.isShared, width: this.width, measure: this.#measure, chosen: this.#chosen },
      choose: (change) => {
        if (change.measure !== undefined) this.#measure = change.measure
        if ('chosen' in change) this.#chosen = change.chosen
        this.requestUpdate()
      },
    })
  }

  override render(): TemplateResult | typeof nothing {
    const standing = standingOf(this.verdict)
    if (!standing && this.#past.length === 0) return nothing
    const name = standingWords().title
    return html`<section class="cw-standing" aria-label=${name}>
      <h3>${name}</h3>
      ${standing ? this.#drawNow(standing) : nothing} ${this.#past.length > 0 ? this.#drawPast() : nothing}
    </section>`
  }
}

customElements.define('cw-standing', StandingElement)
