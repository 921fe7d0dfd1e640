/** `<cw-dashboard>`: where the last session stopped, what is due for review, and how much is done. */
import { type ReviewWords } from '../course/review-words.ts'
import { counted } from '../course/words.ts'
import { everything, subscribe } from '../progress/browser.ts'
import { exerciseState } from '../progress/progress.ts'
import { lastStop } from '../progress/last-stop.ts'
import { dayInWords, planOf } from './due-questions.ts'

interface Known {
  kind: 'lesson' | 'exercise'
  id: string
  title: string
  href: string
  version?: string
}

class Dashboard extends HTMLElement {
  connectedCallback() {
    subscribe(() => this.#show())
    this.#show()
  }

  get #text(): ReviewWords {
    return JSON.parse(this.dataset.words ?? '{}')
  }

  get #known(): Known[] {
    return JSON.parse(this.dataset.known ?? '[]')
  }

  #part(name: string) {
    return this.querySelector<HTMLElement>(`[data-part=${name}]`)!
  }

  #show() {
    this.#showStop()
    this.#showDue()
    this.#showDone()
  }

  #showStop() {
    const known = this.#known
    const stop = lastStop(everything())
    const place = stop && known.find(({ kind, id }) => kind === stop.kind && id === stop.id)
    const link = this.#part('stop').querySelector('a')!
    this.#part('stop').querySelector('.what')!.textContent = place?.title ?? this.#text.notStarted
    link.textContent = place ? this.#text.goOn : this.#text.begin
    link.href = place ? place.href + (stop?.heading ? `#${stop.heading}` : '') : (known[0]?.href ?? '')
    this.#part('stop').toggleAttribute('data-empty', !place)
  }

  #showDue() {
    const text = this.#text
    const { due, next, settled } = planOf(new Set((this.dataset.questions ?? '').split(' ')))
    const part = this.#part('due')
    const hasAnswers = due.length > 0 || next !== undefined || settled > 0
    part.querySelector('.what')!.textContent =
      due.length > 0 ? counted(text.dueCount, due.length) : hasAnswers ? text.nothingDue : text.noneYet
    part.toggleAttribute('data-empty', due.length === 0)
    part.querySelector<HTMLElement>('a')!.hidden = due.length === 0
    const more = [
      ...(next
        ? [
            text.next
              .replace('{questions}', counted(text.dueCount, next.count))
              .replace('{day}', dayInWords(next.day, this.dataset.locale ?? 'en')),
          ]
        : []),
      ...(settled > 0 ? [counted(text.settled, settled)] : []),
    ]
    part.querySelector('.more')!.textContent = more.join(' ')
  }

  #showDone() {
    const { lessons, exercises, drafts } = everything()
    const read = new Set(lessons.filter(({ progress }) => progress.readAt !== undefined).map(({ lesson }) => lesson))
    const progressOf = new Map(exercises.map(({ exercise, progress }) => [exercise, progress]))
    const drafted = new Set(drafts.map(({ exercise }) => exercise))
    const isDone = ({ kind, id, version }: Known) => {
      if (kind === 'lesson') return read.has(id)
      const progress = progressOf.get(id)
      return progress !== undefined && exerciseState(progress, drafted.has(id), version) === 'passed'
    }
    for (const kind of ['lesson', 'exercise'] as const) {
      const all = this.#known.filter((entry) => entry.kind === kind)
      const done = all.filter(isDone).length
      const line = this.#part(`${kind}s`)
      line.querySelector('span')!.textContent = this.#text[`${kind}s`]
        .replace('{done}', String(done))
        .replace('{all}', String(all.length))
      const bar = line.querySelector('progress')!
      bar.max = Math.max(all.length, 1)
      bar.value = done
    }
  }
}

customElements.define('cw-dashboard', Dashboard)
