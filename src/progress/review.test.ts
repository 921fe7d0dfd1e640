import { describe, expect, it } from 'vitest'
import { lastStop } from './last-stop.ts'
import { defaultPreferences, noLessonProgress, type QuizAnswer, withAnswer } from './progress.ts'
import { readLessonProgress } from './records.ts'
import { dueDay, reviewPlan } from './review.ts'

const dayMs = 86_400_000
const dayOf = (at: number) => Math.floor(at / dayMs)

/** The answer after these tries: a day and whether it was right. */
function answered(...tries: [day: number, correct: boolean][]): QuizAnswer {
  let progress = noLessonProgress
  for (const [day, correct] of tries) {
    progress = withAnswer(progress, 'q', { choice: correct ? 'a' : 'b', correct }, day * dayMs + 1000)
  }
  return progress.quiz[0]!.answer
}

describe('a question', () => {
  it.each<[string, [number, boolean][], number | undefined]>([
    ['the day after its first right answer', [[10, true]], 11],
    [
      'three days after it, once reviewed',
      [
        [10, true],
        [11, true],
      ],
      13,
    ],
    [
      'eight',
      [
        [10, true],
        [11, true],
        [13, true],
      ],
      18,
    ],
    [
      '21',
      [
        [10, true],
        [18, true],
      ],
      31,
    ],
    [
      '55',
      [
        [10, true],
        [31, true],
      ],
      65,
    ],
    [
      'never again, once all are done',
      [
        [10, true],
        [65, true],
      ],
      undefined,
    ],
    [
      'once, whoever comes late',
      [
        [10, true],
        [17, true],
      ],
      18,
    ],
    [
      'at once, when the last answer was wrong',
      [
        [10, true],
        [11, false],
      ],
      11,
    ],
    [
      'the day after it was right again',
      [
        [10, true],
        [11, false],
        [12, true],
      ],
      13,
    ],
    [
      'as planned, when it is answered again the same day',
      [
        [10, true],
        [10, true],
      ],
      11,
    ],
  ])('is due %s', (_, tries, day) => {
    expect(dueDay(answered(...tries), dayOf)).toBe(day)
  })

  it('that was answered before reviews were there counts from that answer', () => {
    const old = { choice: 'a', correct: true, at: 10 * dayMs, firstTryCorrect: true }
    expect(dueDay(old, dayOf)).toBe(11)
    const kept = readLessonProgress({ quiz: [{ question: 'q', answer: old }] }, 'lesson')
    expect(kept.quiz[0]?.answer).toEqual(old)
  })

  it('keeps the first right answer’s time through storage', () => {
    const answer = answered([10, true], [11, true])
    const kept = readLessonProgress(JSON.parse(JSON.stringify({ quiz: [{ question: 'q', answer }] })), 'lesson')
    expect(kept.quiz[0]?.answer).toEqual(answer)
    expect(answer.rightSince).toBe(10 * dayMs + 1000)
  })
})

describe('a plan', () => {
  const entry = (question: string, answer: QuizAnswer) => ({ lesson: 'scheduler', question, answer })

  it('asks the longest waiting first, and knows what comes next', () => {
    const plan = reviewPlan(
      [
        entry('later', answered([20, true])),
        entry('today', answered([19, true])),
        entry('old', answered([10, true])),
        entry('also-later', answered([20, true])),
        entry('settled', answered([1, true], [60, true])),
      ],
      20,
      dayOf,
    )
    expect(plan.due.map(({ question }) => question)).toEqual(['old', 'today'])
    expect(plan.next).toEqual({ day: 21, count: 2 })
    expect(plan.settled).toBe(1)
  })

  it('is empty for one who has answered nothing', () => {
    expect(reviewPlan([], 20, dayOf)).toEqual({ due: [], settled: 0 })
  })
})

describe('the last stop', () => {
  const nothing = { drafts: [], exercises: [], lessons: [], preferences: defaultPreferences }
  const lesson = (at: number) => ({ lesson: 'scheduler', progress: { quiz: [], place: { heading: 'the-funnel', at } } })
  const exercise = (at: number) => ({
    exercise: 'fit-filter',
    progress: { attempts: 1, hintsOpened: 0, latest: { status: 'fail' as const, digest: '', contentHash: '', at } },
  })

  it('is the newest of lessons and exercises', () => {
    expect(lastStop(nothing)).toBeUndefined()
    expect(lastStop({ ...nothing, lessons: [lesson(9)], exercises: [exercise(5)] })).toEqual({
      kind: 'lesson',
      id: 'scheduler',
      heading: 'the-funnel',
      at: 9,
    })
    expect(lastStop({ ...nothing, lessons: [lesson(3)], exercises: [exercise(5)] })).toMatchObject({ id: 'fit-filter' })
  })
})
