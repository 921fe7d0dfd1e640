/** What questions need beside their data: the words of their frame. */
import type { Question } from '../course/questions.ts'
import type { Words } from '../course/words.ts'

/** What of a question is shown. */
export type Asked = Omit<Question, 'kind'>

/** The words that the elements say, handed to them by the card. */
export interface QuizWords {
  pick: string
  right: string
  wrong: string
  again: string
  score: string
}

export function quizWords(text: Words): QuizWords {
  const { quizPick: pick, quizRight: right, quizWrong: wrong, quizAgain: again, quizScore: score } = text
  return { pick, right, wrong, again, score }
}
