/**
 * A quiz as data, and what makes it sound.
 */

export interface QuizChoice {
  /** Never changes: answers are kept by it. */
  id: string
  /** May hold `code`. */
  text: string
  /** Says why this choice is right or not; shown when it is checked. */
  feedback: string
  correct?: boolean
}

export interface QuizQuestion {
  /** Never changes, and is unlike every other id in the lesson. */
  id: string
  prompt: string
  choices: QuizChoice[]
}

/** Throws an error for authors when a question cannot be answered or its answers cannot be kept. */
export function validateQuiz(questions: QuizQuestion[]): void {
  const identifier = /^[a-z0-9][a-z0-9-]{0,63}$/
  const ids = questions.map((question) => question.id)
  for (const { id, choices } of questions) {
    const place = `Question “${id}”`
    if (!identifier.test(id)) throw new Error(`${place} needs an id of lower-case letters, digits and hyphens.`)
    if (ids.filter((other) => other === id).length > 1) throw new Error(`${place} stands twice: give one another id.`)
    if (choices.filter((choice) => choice.correct).length !== 1)
      throw new Error(`${place} needs exactly one correct choice.`)
    if (new Set(choices.map((choice) => choice.id)).size < choices.length)
      throw new Error(`${place} has two choices with one id.`)
    const silent = choices.find((choice) => choice.feedback.trim() === '')
    if (silent) throw new Error(`${place}, choice “${silent.id}”: say in its feedback why it is right or not.`)
  }
}
