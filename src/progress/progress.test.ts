import { describe, expect, it } from 'vitest'
import type { DraftRecord } from './progress.ts'
import {
  earlierDraftsMax,
  exerciseState,
  mergeDrafts,
  mergeExercises,
  mergeLessons,
  noExerciseProgress,
  noLessonProgress,
  withAnswer,
  withDraft,
  withVerdict,
} from './progress.ts'

function record(source: string, change: Partial<DraftRecord['draft']> = {}): DraftRecord {
  return { draft: { source, contentHash: 'h1', savedAt: 1, revision: 1, writer: 'tab-a', ...change }, earlier: [] }
}

const save = (source: string, change = {}) => ({
  source,
  contentHash: 'h1',
  at: 5,
  writer: 'tab-a',
  baseRevision: 1,
  ...change,
})

describe('saving a draft', () => {
  const cases = [
    { rule: 'the first save has nothing to keep', before: undefined, save: save('x'), earlier: [], conflict: false },
    {
      rule: 'the same tab writes over its own',
      before: record('old'),
      save: save('new'),
      earlier: [],
      conflict: false,
    },
    {
      rule: 'another tab that has read the latest revision writes over it',
      before: record('old'),
      save: save('new', { writer: 'tab-b' }),
      earlier: [],
      conflict: false,
    },
    {
      rule: 'another tab that has not read the latest revision keeps it as earlier and says so',
      before: record('old', { revision: 2 }),
      save: save('new', { writer: 'tab-b' }),
      earlier: ['old'],
      conflict: true,
    },
    {
      rule: 'a tab that never looked keeps what it finds',
      before: record('old'),
      save: save('new', { writer: 'tab-b', baseRevision: undefined }),
      earlier: ['old'],
      conflict: true,
    },
    {
      rule: 'equal text is no conflict',
      before: record('same', { revision: 9 }),
      save: save('same', { writer: 'tab-b' }),
      earlier: [],
      conflict: false,
    },
    {
      rule: 'a draft for another version of the exercise is kept',
      before: record('old'),
      save: save('new', { contentHash: 'h2' }),
      earlier: ['old'],
      conflict: false,
    },
  ]
  it.each(cases)('$rule', ({ before, save, earlier, conflict }) => {
    const result = withDraft(before, save)
    expect(result.record.draft.source).toBe(save.source)
    expect(result.record.draft.revision).toBe((before?.draft.revision ?? 0) + 1)
    expect(result.record.earlier.map((draft) => draft.source)).toEqual(earlier)
    expect(result.conflict !== undefined).toBe(conflict)
  })

  it('keeps one copy per other tab, so that two tabs typing at once push nothing else out', () => {
    let now = withDraft(record('reset me'), save('v2', { contentHash: 'h2' })).record
    for (let turn = 0; turn < 20; turn++) {
      const writer = turn % 2 === 0 ? 'tab-b' : 'tab-a'
      now = withDraft(now, save(`turn ${turn}`, { writer, contentHash: 'h2', baseRevision: 0 })).record
    }
    expect(now.earlier.map((draft) => draft.source)).toEqual(['turn 18', 'turn 17', 'reset me'])
  })

  it('keeps no more earlier drafts than it says', () => {
    let now = record('v0')
    for (let version = 1; version < 20; version++) {
      now = withDraft(now, save(`v${version}`, { contentHash: `h${version + 1}` })).record
    }
    expect(now.earlier).toHaveLength(earlierDraftsMax)
    expect(now.earlier[0]?.source).toBe('v18')
  })

  it('remembers that a draft ran away until its text changes', () => {
    const ranAway = record('loop', { ranAway: true })
    expect(withDraft(ranAway, save('loop')).record.draft.ranAway).toBe(true)
    expect(withDraft(ranAway, save('mended')).record.draft.ranAway).toBeUndefined()
  })
})

describe('verdicts', () => {
  const pass = { status: 'pass', digest: 'd1', contentHash: 'h1' } as const
  const fail = { status: 'fail', digest: 'd2', contentHash: 'h1' } as const

  it('a pass is not taken back by a later failure', () => {
    const after = withVerdict(withVerdict(noExerciseProgress, pass, 1), fail, 2)
    expect(after).toMatchObject({ attempts: 2, latest: { status: 'fail' }, passed: { digest: 'd1', at: 1 } })
  })

  it('an internal error is no attempt', () => {
    expect(withVerdict(noExerciseProgress, { ...fail, status: 'internal' }, 1).attempts).toBe(0)
  })

  const passed = withVerdict(noExerciseProgress, pass, 1)
  it.each([
    ['untouched', noExerciseProgress, false, 'h1'],
    ['started', noExerciseProgress, true, 'h1'],
    ['started', withVerdict(noExerciseProgress, fail, 1), false, 'h1'],
    ['passed', passed, true, 'h1'],
    ['passed', passed, true, undefined],
    ['passed-before', passed, true, 'h2'],
  ] as const)('an exercise is %s', (state, progress, hasDraft, hash) => {
    expect(exerciseState(progress, hasDraft, hash)).toBe(state)
  })
})

describe('answers', () => {
  it('keep whether the first try was right', () => {
    const first = withAnswer(noLessonProgress, 'q1', { choice: 'a', correct: false }, 1)
    const second = withAnswer(first, 'q1', { choice: 'b', correct: true }, 2)
    expect(second.quiz).toEqual([
      { question: 'q1', answer: { choice: 'b', correct: true, at: 2, firstTryCorrect: false, rightSince: 2 } },
    ])
  })
})

describe('merging loses nothing', () => {
  it.each([
    ['theirs is later', record('mine', { savedAt: 1 }), record('theirs', { savedAt: 2 }), 'theirs', 'mine'],
    ['mine is later', record('mine', { savedAt: 3 }), record('theirs', { savedAt: 2 }), 'mine', 'theirs'],
  ])('of two drafts the later stays in front: %s', (_, mine, theirs, front, kept) => {
    const merged = mergeDrafts(mine, theirs)
    expect(merged.draft.source).toBe(front)
    expect(merged.earlier.map((draft) => draft.source)).toEqual([kept])
    expect(merged.draft.revision).toBe(2)
  })

  it('a pass on either side counts', () => {
    const theirs = withVerdict(noExerciseProgress, { status: 'pass', digest: 'd', contentHash: 'h' }, 7)
    const mine = withVerdict(noExerciseProgress, { status: 'fail', digest: 'e', contentHash: 'h' }, 9)
    expect(mergeExercises(mine, theirs)).toMatchObject({ attempts: 1, latest: { at: 9 }, passed: { at: 7 } })
  })

  it('of two answers the later counts, and the earlier says how the first try went', () => {
    const mine = withAnswer({ quiz: [], readAt: 4 }, 'q', { choice: 'a', correct: true }, 8)
    const theirs = withAnswer({ quiz: [], readAt: 2 }, 'q', { choice: 'b', correct: false }, 3)
    const merged = mergeLessons(mine, theirs)
    expect(merged.readAt).toBe(2)
    expect(merged.quiz).toEqual([
      { question: 'q', answer: { choice: 'a', correct: true, at: 8, firstTryCorrect: false, rightSince: 8 } },
    ])
  })
})
