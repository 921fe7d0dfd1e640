/**
 * `<cw-progress-mark>`: shows how far the reader is with a lesson and its exercises, and follows every change of the store,
 * another tab's included.
 */
import { exerciseState } from '../progress/progress.ts'
import { hasDraft, lessonOf, progressOf, subscribe } from '../progress/browser.ts'

const tick =
  '<svg width="15" height="15" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" ' +
  'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M20 6 9 17l-5-5"/></svg>'

class ProgressMark extends HTMLElement {
  #leave: (() => void) | undefined

  connectedCallback() {
    this.#leave = subscribe(() => this.show())
    this.show()
  }

  disconnectedCallback() {
    this.#leave?.()
  }

  show() {
    const exercises = (this.dataset.exercises ?? '').split(' ').filter((exercise) => exercise !== '')
    const states = exercises.map((exercise) => {
      const [id = '', version] = exercise.split(':')
      return exerciseState(progressOf(id), hasDraft(id), version)
    })
    const passed = states.filter((state) => state === 'passed').length
    const lesson = this.dataset.lesson
    const isRead = lesson ? lessonOf(lesson).readAt !== undefined : true
    const started = states.some((state) => state !== 'untouched') || (lesson !== undefined && isRead)

    if (passed === exercises.length && isRead && (exercises.length > 0 || lesson)) {
      this.#draw('done', this.dataset.done ?? '', tick)
    } else if (!started) {
      this.#draw('untouched', '', '')
    } else if (exercises.length === 0) {
      this.#draw('started', this.dataset.read ?? '', '')
    } else if (lesson) {
      const part = (this.dataset.part ?? '')
        .replace('{done}', String(passed))
        .replace('{all}', String(exercises.length))
      this.#draw('started', part, `<span aria-hidden="true">${passed}/${exercises.length}</span>`)
    } else {
      this.#draw('started', (states.includes('passed-before') ? this.dataset.before : this.dataset.started) ?? '', '')
    }
  }

  #draw(state: string, label: string, picture: string) {
    this.dataset.state = state
    const inWords = this.dataset.inWords !== undefined || picture === ''
    const text = document.createElement('span')
    text.textContent = label
    if (!inWords) text.className = 'visually-hidden'
    this.innerHTML = inWords && picture !== tick ? '' : picture
    this.append(text)
  }
}

customElements.define('cw-progress-mark', ProgressMark)
