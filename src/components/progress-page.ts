/**
 * `<cw-progress-page>`: fills the progress page from the learner's store, and does what its buttons say.
 */
import { counted, type Words } from '../course/words.ts'
import {
  eraseAll,
  everything,
  exportAll,
  importAll,
  preferences,
  setPreferences,
  storageState,
  subscribe,
} from '../progress/browser.ts'
import { type ExerciseProgress, exerciseState, type LessonProgress, type Preferences } from '../progress/progress.ts'

interface Known {
  kind: 'lesson' | 'exercise'
  id: string
  title: string
  href: string
  /** Of an exercise, as it is now. */
  version?: string
}

interface Row {
  known: Known
  states: string[]
  at: number
}

class ProgressPage extends HTMLElement {
  connectedCallback() {
    this.#on('export', () => this.#export())
    this.#on('import', () => this.#file.click())
    this.#file.addEventListener('change', () => void this.#import())
    this.#on('erase', () => this.#askToErase(true))
    this.#on('erase-keep', () => this.#askToErase(false))
    this.#on('erase-sure', () => {
      eraseAll()
      this.#askToErase(false)
      this.#say('erase', 'good', this.#text.erased)
    })
    for (const radio of this.querySelectorAll<HTMLInputElement>('[name=editor]')) {
      radio.addEventListener('change', () => setPreferences({ editor: radio.value as Preferences['editor'] }))
    }
    this.#slash.addEventListener('change', () => setPreferences({ slashOpensSearch: this.#slash.checked }))
    subscribe(() => this.#show())
    this.#show()
  }

  get #text(): Words {
    return JSON.parse(this.dataset.text ?? '{}')
  }

  get #file() {
    return this.querySelector<HTMLInputElement>('input[type=file]')!
  }

  get #slash() {
    return this.querySelector<HTMLInputElement>('[name=slash]')!
  }

  #button(name: string) {
    return this.querySelector<HTMLButtonElement>(`[data-do=${name}]`)!
  }

  /** Until then it is disabled: a click that nobody hears would look like one that failed. */
  #on(name: string, act: () => void) {
    this.#button(name).addEventListener('click', act)
    this.#button(name).disabled = false
  }

  #say(about: string, tone: 'good' | 'bad', message: string) {
    const line = this.querySelector<HTMLElement>(`[data-for=${about}]`)!
    line.dataset.tone = tone
    line.textContent = message
  }

  #show() {
    const rows = this.#rows()
    const date = new Intl.DateTimeFormat(this.dataset.locale, { dateStyle: 'medium', timeStyle: 'short' })
    this.querySelector('tbody')!.replaceChildren(
      ...rows.map(({ known, states, at }) => {
        const link = Object.assign(document.createElement('a'), { textContent: known.title })
        if (known.href) link.href = known.href
        const cells = [link, states.join(', '), at > 0 ? date.format(at) : ''].map((content) => {
          const cell = document.createElement('td')
          cell.append(content)
          return cell
        })
        const row = document.createElement('tr')
        row.append(...cells)
        return row
      }),
    )
    this.querySelector<HTMLElement>('.empty')!.hidden = rows.length > 0
    this.querySelector<HTMLElement>('.scroll')!.hidden = rows.length === 0
    const state = storageState()
    const alert = this.querySelector<HTMLElement>('.storage')!
    alert.hidden = state.kind === 'durable'
    alert.textContent =
      state.kind === 'durable' ? '' : this.#text[state.reason === 'full' ? 'storageFull' : 'storageBlocked']
    const { editor, slashOpensSearch } = preferences()
    this.#slash.checked = slashOpensSearch
    for (const radio of this.querySelectorAll<HTMLInputElement>('[name=editor]')) radio.checked = radio.value === editor
  }

  /** In the course's order; then what is kept of things that the course no longer has, by their ids. */
  #rows(): Row[] {
    const known: Known[] = JSON.parse(this.dataset.known ?? '[]')
    const { lessons, exercises, drafts } = everything()
    const lessonOf = new Map(lessons.map(({ lesson, progress }) => [lesson, progress]))
    const exerciseOf = new Map(exercises.map(({ exercise, progress }) => [exercise, progress]))
    const draftOf = new Map(drafts.map(({ exercise, record }) => [exercise, record.draft.savedAt]))
    const isKnown = (kind: Known['kind'], id: string) => known.some((entry) => entry.kind === kind && entry.id === id)
    const strays = [
      ...[...lessonOf.keys()].filter((id) => !isKnown('lesson', id)).map((id) => ({ kind: 'lesson' as const, id })),
      ...[...new Set([...exerciseOf.keys(), ...draftOf.keys()])]
        .filter((id) => !isKnown('exercise', id))
        .map((id) => ({ kind: 'exercise' as const, id })),
    ].map((stray) => ({ ...stray, title: stray.id, href: '' }))
    return [...known, ...strays].flatMap((entry) => {
      const row =
        entry.kind === 'lesson'
          ? this.#lessonRow(entry, lessonOf.get(entry.id))
          : this.#exerciseRow(entry, exerciseOf.get(entry.id), draftOf.get(entry.id))
      return row && row.states.length > 0 ? [row] : []
    })
  }

  #lessonRow(known: Known, progress: LessonProgress | undefined): Row | undefined {
    if (!progress) return undefined
    const right = progress.quiz.filter(({ answer }) => answer.correct).length
    const quiz = this.#text.stateQuiz.replace('{done}', String(right)).replace('{all}', String(progress.quiz.length))
    const states = [
      ...(progress.readAt === undefined ? [] : [this.#text.stateRead]),
      ...(progress.quiz.length > 0 ? [quiz] : []),
    ]
    return { known, states, at: Math.max(progress.readAt ?? 0, ...progress.quiz.map(({ answer }) => answer.at)) }
  }

  #exerciseRow(known: Known, progress: ExerciseProgress | undefined, draftAt: number | undefined): Row {
    const text = this.#text
    const state = progress ? exerciseState(progress, draftAt !== undefined, known.version) : undefined
    const hints = progress?.hintsOpened ?? 0
    const said = {
      untouched: [],
      started: [text.stateStarted],
      passed: [text.statePassed],
      'passed-before': [text.statePassedBefore],
    }
    const states = [
      ...(state ? said[state] : []),
      ...(draftAt === undefined ? [] : [text.stateDraft]),
      ...(hints > 0 ? [counted(text.hintsUsed, hints)] : []),
    ]
    return { known, states, at: Math.max(draftAt ?? 0, progress?.latest?.at ?? 0) }
  }

  #export() {
    const url = URL.createObjectURL(new Blob([exportAll()], { type: 'application/json' }))
    const day = new Date().toISOString().slice(0, 10)
    Object.assign(document.createElement('a'), { href: url, download: `clusterwright-progress-${day}.json` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }

  async #import() {
    const file = this.#file.files?.[0]
    if (!file) return
    try {
      const { drafts, exercises, lessons } = importAll(await file.text())
      const done = this.#text.imported
        .replace('{drafts}', String(drafts))
        .replace('{exercises}', String(exercises))
        .replace('{lessons}', String(lessons))
      this.#say('import', 'good', done)
    } catch (error) {
      this.#say('import', 'bad', this.#text.importFailed.replace('{message}', (error as Error).message))
    }
    this.#file.value = ''
  }

  #askToErase(asking: boolean) {
    this.#button('erase').hidden = asking
    this.#button('erase-sure').hidden = !asking
    this.#button('erase-keep').hidden = !asking
    this.#button(asking ? 'erase-keep' : 'erase').focus()
    if (asking) this.#say('erase', 'good', '')
  }
}

customElements.define('cw-progress-page', ProgressPage)
