/**
 * `<cw-review>`: asks what is due, one question after another. Each is taken from its template, so that it begins unanswered;
 * after the last one it says how it went, and asks the wrong ones again when the reader wants to.
 */
import { counted } from '../course/words.ts'
import type { ReviewWords } from '../course/review-words.ts'
import { dayInWords, planOf } from './due-questions.ts'
import './question-element.ts'

class Review extends HTMLElement {
  #queue: string[] = []
  #at = 0
  #right = 0
  #isFirstTry = true

  connectedCallback() {
    this.addEventListener('cw-answered', (event) => this.#answered((event as CustomEvent<{ correct: boolean }>).detail))
    this.#button('next').addEventListener('click', () => this.#step())
    this.#button('again').addEventListener('click', () => this.#begin())
    this.#begin()
  }

  get #text(): ReviewWords {
    return JSON.parse(this.dataset.review ?? '{}')
  }

  get #templates() {
    return [...this.querySelectorAll<HTMLTemplateElement>('template[data-question]')]
  }

  #button(name: string) {
    return this.querySelector<HTMLButtonElement>(`[data-do=${name}]`)!
  }

  #part(name: string) {
    return this.querySelector<HTMLElement>(`[data-part=${name}]`)!
  }

  #plan() {
    return planOf(new Set(this.#templates.map(({ dataset }) => dataset.question ?? '')))
  }

  #begin() {
    this.#queue = this.#plan().due.map(({ lesson, question }) => `${lesson}/${question}`)
    this.#at = 0
    this.#right = 0
    if (this.#queue.length === 0) this.#end()
    else this.#ask()
  }

  #ask() {
    const name = this.#queue[this.#at]
    const template = this.#templates.find(({ dataset }) => dataset.question === name)
    if (!template) return
    this.#isFirstTry = true
    this.#part('end').hidden = true
    this.#part('asking').hidden = false
    this.#button('next').hidden = true
    this.#part('position').textContent = this.#text.position
      .replace('{at}', String(this.#at + 1))
      .replace('{all}', String(this.#queue.length))
    const link = this.#part('lesson') as HTMLAnchorElement
    link.textContent = template.dataset.title ?? ''
    link.href = template.dataset.href ?? ''
    this.#part('question').replaceChildren(template.content.cloneNode(true))
    if (this.#at > 0) this.#part('question').querySelector('input')?.focus()
  }

  #answered({ correct }: { correct: boolean }) {
    if (this.#isFirstTry && correct) this.#right += 1
    this.#isFirstTry = false
    const next = this.#button('next')
    next.textContent = this.#at + 1 < this.#queue.length ? this.#text.nextQuestion : this.#text.finish
    next.hidden = false
  }

  #step() {
    this.#at += 1
    if (this.#at < this.#queue.length) this.#ask()
    else this.#end()
  }

  #end() {
    const text = this.#text
    const { due, next, settled } = this.#plan()
    const asked = this.#queue.length
    const hasAnswers = asked > 0 || next !== undefined || settled > 0
    this.#part('asking').hidden = true
    this.#part('end').hidden = false
    this.#part('verdict').textContent = asked > 0 ? text.finished : hasAnswers ? text.nothingDue : text.noneYet
    const lines = [
      ...(asked > 0 ? [text.result.replace('{right}', String(this.#right)).replace('{all}', String(asked))] : []),
      ...(next
        ? [
            text.next
              .replace('{questions}', counted(text.dueCount, next.count))
              .replace('{day}', dayInWords(next.day, this.dataset.locale ?? 'en')),
          ]
        : []),
    ]
    this.#part('rest').textContent = lines.join(' ')
    this.#button('again').hidden = due.length === 0
    if (asked > 0) this.#part('verdict').focus()
  }
}

customElements.define('cw-review', Review)
