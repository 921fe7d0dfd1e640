/**
 * `<cw-question>` checks one question and keeps the answer; `<cw-quiz>` around it counts.
 *
 * An answer is kept by lesson and question, wherever it was given: a question asked again in a later lesson or in a review
 * is the same question. One that is `data-fresh` does not show what was answered before.
 */
import { lessonOf, recordAnswer, subscribe } from '../progress/browser.ts'
import type { QuizWords } from './quiz-words.ts'

function wordsAround(element: Element): QuizWords {
  return JSON.parse(element.closest<HTMLElement>('[data-words]')?.dataset.words ?? '{}')
}

class Question extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form')!
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#check()
    })
    form.addEventListener('change', () => this.#clear())
    if (this.dataset.fresh === undefined) this.#restore()
  }

  /** The kept answer's choice, when there is one. */
  get kept() {
    const { lesson = '', question } = this.dataset
    return lessonOf(lesson).quiz.find((entry) => entry.question === question)?.answer
  }

  #restore() {
    const kept = this.kept?.choice
    const choice = [...this.querySelectorAll('input')].find((input) => input.value === kept)
    if (!choice) return
    choice.checked = true
    this.#show(choice)
  }

  #check() {
    const choice = this.querySelector<HTMLInputElement>('input:checked')
    if (!choice) {
      this.querySelector('.feedback')!.textContent = wordsAround(this).pick
      return
    }
    const { lesson = '', question = '' } = this.dataset
    const correct = choice.dataset.correct !== undefined
    recordAnswer(lesson, question, { choice: choice.value, correct })
    this.#show(choice)
    this.dispatchEvent(new CustomEvent('cw-answered', { bubbles: true, detail: { correct } }))
  }

  #show(choice: HTMLInputElement) {
    const text = wordsAround(this)
    const correct = choice.dataset.correct !== undefined
    this.dataset.result = correct ? 'right' : 'wrong'
    const word = document.createElement('b')
    word.textContent = `${correct ? text.right : text.wrong} `
    const why = document.createElement('span')
    // Escaped at build time from our own data; holds no other markup than <code> and <em>.
    why.innerHTML = choice.dataset.feedback ?? ''
    this.querySelector('.feedback')!.replaceChildren(word, why, ...(correct ? [] : [` ${text.again}`]))
    choice.closest('.choice')!.classList.add('checked')
  }

  #clear() {
    delete this.dataset.result
    this.querySelector('.feedback')!.textContent = ''
    for (const choice of this.querySelectorAll('.checked')) choice.classList.remove('checked')
  }
}

class Quiz extends HTMLElement {
  connectedCallback() {
    if (this.dataset.fresh !== undefined) return
    subscribe(() => this.#count())
    this.#count()
  }

  #count() {
    const answers = [...this.querySelectorAll<Question>('cw-question')].map((question) => question.kept)
    const right = answers.filter((answer) => answer?.correct).length
    this.querySelector('.score')!.textContent = answers.some((answer) => answer !== undefined)
      ? wordsAround(this).score.replace('{done}', String(right)).replace('{all}', String(answers.length))
      : ''
  }
}

customElements.define('cw-question', Question)
customElements.define('cw-quiz', Quiz)
