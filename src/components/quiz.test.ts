import { describe, expect, it } from 'vitest'
import { type QuizQuestion, validateQuiz } from './quiz.ts'

const choice = (id: string, correct = false) => ({ id, text: id, feedback: 'Because.', correct })
const question = (change: Partial<QuizQuestion> = {}): QuizQuestion => ({
  id: 'who-binds',
  prompt: 'Who?',
  choices: [choice('a', true), choice('b')],
  ...change,
})

describe('a quiz', () => {
  it('is sound when each question has one correct choice and feedback everywhere', () => {
    expect(() => validateQuiz([question(), question({ id: 'other' })])).not.toThrow()
  })

  it.each([
    ['an id that cannot be kept', [question({ id: 'Who?' })], /lower-case/],
    ['one id twice', [question(), question()], /stands twice/],
    ['no correct choice', [question({ choices: [choice('a'), choice('b')] })], /exactly one correct/],
    ['two correct choices', [question({ choices: [choice('a', true), choice('b', true)] })], /exactly one correct/],
    ['two choices with one id', [question({ choices: [choice('a', true), choice('a')] })], /two choices/],
    [
      'a choice without feedback',
      [question({ choices: [choice('a', true), { ...choice('b'), feedback: ' ' }] })],
      /choice “b”: say in its feedback why/,
    ],
  ])('is refused for %s', (_, questions, message) => {
    expect(() => validateQuiz(questions)).toThrow(message)
  })
})
