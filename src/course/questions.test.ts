import { describe, expect, it } from 'vitest'
import { earlierQuestion, questionsId, questionsOfFile } from './questions.ts'

const choice = (id: string, change: object = {}) => ({ id, text: id, feedback: 'Because.', ...change })
const choices = [choice('a', { correct: true }), choice('b'), choice('c')]
const question = (change: object = {}) => ({ id: 'who-binds', kind: 'recall', prompt: 'Who?', choices, ...change })
const file = 'content/en/06-scheduler.questions.yaml'

describe('a file of questions', () => {
  it('is sound when each question has one correct choice and feedback everywhere', () => {
    const sound = [question(), question({ id: 'other', kind: 'scenario' })]
    expect(questionsOfFile(sound, file)).toEqual(sound)
  })

  it.each<[string, unknown, RegExp]>([
    ['something else than a list', { id: 'who-binds' }, /must be a list of questions/],
    ['an id that cannot be kept', [question({ id: 'Who?' })], /question “Who\?”, id: must be an id of lower-case/],
    ['an id that YAML took for a number', [question({ id: 50 })], /question 1, id: must be a text: write it in quotes/],
    ['no kind', [question({ kind: undefined })], /question “who-binds”, kind: must be recall or scenario/],
    ['a field that nobody knows', [question({ hint: 'No.' })], /hint/],
    ['one id twice', [question(), question()], /“who-binds” stands twice: give one/],
    ['no correct choice', [question({ choices: choices.map(({ id }) => choice(id)) })], /exactly one correct choice/],
    [
      'two correct choices',
      [question({ choices: [...choices, choice('d', { correct: true })] })],
      /exactly one correct/,
    ],
    ['two choices', [question({ choices: choices.slice(0, 2) })], /choices: must have three or four choices/],
    ['two choices with one id', [question({ choices: [...choices, choice('c')] })], /two choices with one id/],
    [
      'a choice without feedback',
      [question({ choices: [...choices, choice('d', { feedback: ' ' })] })],
      /question “who-binds”, choices 4 feedback: must not be empty/,
    ],
  ])('is refused for %s, by its name', (_, value, message) => {
    expect(() => questionsOfFile(value, file)).toThrow(message)
    expect(() => questionsOfFile(value, file)).toThrow(file)
  })

  it('is named after its lesson', () => {
    expect(questionsId('es/06-scheduler.questions.yaml')).toBe('es/scheduler')
    expect(() => questionsId('en/06-planner.questions.yaml')).toThrow(/belongs to no lesson: name it after one/)
  })
})

describe('a question asked again', () => {
  it('is one of an earlier lesson', () => {
    expect(earlierQuestion('scheduler/writes', 'kubelet')).toEqual({ lesson: 'scheduler', id: 'writes' })
  })

  it.each([
    ['scheduler/writes', 'scheduler', /does not come earlier/],
    ['kubelet/sources', 'scheduler', /does not come earlier/],
    ['planner/writes', 'kubelet', /no lesson is called “planner”/],
    ['writes', 'kubelet', /write it as lesson\/question/],
  ])('is refused: %s in %s', (reference, askedIn, message) => {
    expect(() => earlierQuestion(reference, askedIn)).toThrow(message)
  })
})
