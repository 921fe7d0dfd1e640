/**
 * What a learner has done, as data, and the rules by which it changes.
 *
 * What it is: the records kept for each exercise and lesson, and pure functions from one record to the next. Nothing here
 * knows a browser, a clock or a page: times come in as milliseconds since 1970.
 * The rules: a draft that would be overwritten by another hand (another tab, an import, a new starter) is kept among the
 * earlier drafts; a pass stays a pass, and remembers which version of the exercise it was won on.
 */

/** How many earlier drafts of one exercise are kept; the oldest goes first. */
export const earlierDraftsMax = 6

export interface Draft {
  source: string
  /** Content hash of the exercise that the draft was written for. */
  contentHash: string
  savedAt: number
  /** Counts up with every save, so that a tab sees when another one has saved since. */
  revision: number
  /** Which tab wrote it: a random name per page load. */
  writer: string
  /** The draft had to be stopped by the watchdog; it must not be run again without being asked for. */
  ranAway?: boolean
}

/** Under which name the draft of a learner's own tests is kept beside that of their code. */
export const testsDraftOf = (exercise: string): string => `${exercise}--tests`

/** Why a draft is among the earlier ones. */
export type EarlierReason = 'other-tab' | 'reset' | 'exercise-changed' | 'import'

export interface EarlierDraft extends Draft {
  reason: EarlierReason
}

export interface DraftRecord {
  draft: Draft
  /** Newest first, at most `earlierDraftsMax`. */
  earlier: EarlierDraft[]
}

export type RecordedStatus = 'pass' | 'fail' | 'error' | 'inconclusive' | 'internal'

export interface VerdictNote {
  status: RecordedStatus
  digest: string
  contentHash: string
}

export interface DatedVerdict extends VerdictNote {
  at: number
}

export interface ExerciseProgress {
  /** Verdicts recorded, `internal` ones not counted: those are our fault. */
  attempts: number
  latest?: DatedVerdict
  /** The latest pass. Never taken back by a later failure. */
  passed?: DatedVerdict
  /** The deepest hint opened, counted from 1; 0 when none was. */
  hintsOpened: number
}

export interface QuizAnswer {
  choice: string
  correct: boolean
  at: number
  /** Whether the very first try was right. */
  firstTryCorrect: boolean
  /** Since when every answer has been right: what reviews are planned from. Absent after a wrong one. */
  rightSince?: number
}

export interface LessonProgress {
  readAt?: number
  /** How far the reader came, and when: the id of a heading, '' for the beginning. */
  place?: { heading: string; at: number }
  /** Answers by question id, oldest question first. */
  quiz: { question: string; answer: QuizAnswer }[]
}

export interface Preferences {
  editor: 'monaco' | 'plain' | 'automatic'
  /** Whether `/` opens the search. Somebody who speaks to their computer needs to turn keys without Ctrl off. */
  slashOpensSearch: boolean
  /** How fast figures play: 1 is each figure's own pace. */
  figureSpeed: number
}

/** The paces that figures offer. */
export const figureSpeeds = [0.5, 1, 2, 4] as const

export const noExerciseProgress: ExerciseProgress = { attempts: 0, hintsOpened: 0 }
export const noLessonProgress: LessonProgress = { quiz: [] }
export const defaultPreferences: Preferences = { editor: 'automatic', slashOpensSearch: true, figureSpeed: 1 }

export interface SaveRequest {
  source: string
  contentHash: string
  at: number
  writer: string
  /** The revision that this tab last read or wrote; absent when it never looked. */
  baseRevision?: number
}

export interface SaveResult {
  record: DraftRecord
  /** The draft of another tab that this save went over; it is now the first of the earlier ones. */
  conflict?: Draft
}

/** The record after a save. What it replaces is kept when another hand wrote it, or when it belongs to another version. */
export function withDraft(record: DraftRecord | undefined, save: SaveRequest): SaveResult {
  const revision = (record?.draft.revision ?? 0) + 1
  const draft: Draft = {
    source: save.source,
    contentHash: save.contentHash,
    savedAt: save.at,
    revision,
    writer: save.writer,
  }
  if (record === undefined) return { record: { draft, earlier: [] } }
  const before = record.draft
  if (before.ranAway && before.source === save.source) draft.ranAway = true
  if (before.source === save.source) return { record: { draft, earlier: record.earlier } }
  if (before.writer !== save.writer && before.revision !== save.baseRevision) {
    return { record: { draft, earlier: withEarlier(record.earlier, before, 'other-tab') }, conflict: before }
  }
  if (before.contentHash !== save.contentHash) {
    return { record: { draft, earlier: withEarlier(record.earlier, before, 'exercise-changed') } }
  }
  return { record: { draft, earlier: record.earlier } }
}

/** Puts a draft in front of the earlier ones. One copy per other tab is enough, or two tabs would push everything out. */
export function withEarlier(earlier: EarlierDraft[], draft: Draft, reason: EarlierReason): EarlierDraft[] {
  const others = earlier.filter(
    (kept) =>
      kept.source !== draft.source &&
      !(reason === 'other-tab' && kept.reason === reason && kept.writer === draft.writer),
  )
  return [{ ...draft, reason }, ...others].slice(0, earlierDraftsMax)
}

/** The progress after one verdict. */
export function withVerdict(progress: ExerciseProgress, verdict: VerdictNote, at: number): ExerciseProgress {
  // Field by field: a whole verdict may be handed in, and is not to be kept.
  const latest: DatedVerdict = { status: verdict.status, digest: verdict.digest, contentHash: verdict.contentHash, at }
  return {
    ...progress,
    attempts: progress.attempts + (verdict.status === 'internal' ? 0 : 1),
    latest,
    ...(verdict.status === 'pass' ? { passed: latest } : {}),
  }
}

/** The lesson's progress after one answer; the first try is remembered for ever. */
export function withAnswer(
  progress: LessonProgress,
  question: string,
  given: { choice: string; correct: boolean },
  at: number,
): LessonProgress {
  const before = progress.quiz.find((entry) => entry.question === question)
  const rightBefore = before?.answer.correct ? (before.answer.rightSince ?? before.answer.at) : undefined
  const answer: QuizAnswer = {
    choice: given.choice,
    correct: given.correct,
    at,
    firstTryCorrect: before?.answer.firstTryCorrect ?? given.correct,
    ...(given.correct ? { rightSince: rightBefore ?? at } : {}),
  }
  const quiz = before
    ? progress.quiz.map((entry) => (entry === before ? { question, answer } : entry))
    : [...progress.quiz, { question, answer }]
  return { ...progress, quiz }
}

/** `passed-before`: passed on an earlier version of the exercise, which has changed since. */
export type ExerciseState = 'untouched' | 'started' | 'passed' | 'passed-before'

/** What to show for an exercise. Without a current hash (a page that does not know it) a pass counts as a pass. */
export function exerciseState(progress: ExerciseProgress, hasDraft: boolean, currentHash?: string): ExerciseState {
  if (progress.passed) {
    return currentHash === undefined || progress.passed.contentHash === currentHash ? 'passed' : 'passed-before'
  }
  return hasDraft || progress.attempts > 0 ? 'started' : 'untouched'
}

/** Merging two drafts: the later save stays in front, the other is kept among the earlier ones. */
export function mergeDrafts(mine: DraftRecord | undefined, theirs: DraftRecord): DraftRecord {
  if (mine === undefined) return theirs
  const [front, back] = theirs.draft.savedAt > mine.draft.savedAt ? [theirs, mine] : [mine, theirs]
  let earlier = front.earlier
  for (const kept of back.earlier.toReversed()) {
    if (kept.source !== front.draft.source) earlier = withEarlier(earlier, kept, kept.reason)
  }
  if (back.draft.source !== front.draft.source) earlier = withEarlier(earlier, back.draft, 'import')
  const revision = Math.max(mine.draft.revision, theirs.draft.revision) + 1
  return { draft: { ...front.draft, revision }, earlier }
}

/** Merging two records of one exercise: the later verdict, the later pass, the larger counts. */
export function mergeExercises(mine: ExerciseProgress, theirs: ExerciseProgress): ExerciseProgress {
  const latest = later(mine.latest, theirs.latest)
  const passed = later(mine.passed, theirs.passed)
  return {
    attempts: Math.max(mine.attempts, theirs.attempts),
    hintsOpened: Math.max(mine.hintsOpened, theirs.hintsOpened),
    ...(latest ? { latest } : {}),
    ...(passed ? { passed } : {}),
  }
}

/** Merging two records of one lesson: read when either says so (the earlier time), each question's later answer, the later place. */
export function mergeLessons(mine: LessonProgress, theirs: LessonProgress): LessonProgress {
  const readTimes = [mine.readAt, theirs.readAt].filter((time) => time !== undefined)
  const quiz = mine.quiz.map(({ question, answer }) => {
    const other = theirs.quiz.find((entry) => entry.question === question)?.answer
    if (other === undefined) return { question, answer }
    const [first, last] = answer.at <= other.at ? [answer, other] : [other, answer]
    return { question, answer: { ...last, firstTryCorrect: first.firstTryCorrect } }
  })
  const known = new Set(mine.quiz.map((entry) => entry.question))
  quiz.push(...theirs.quiz.filter((entry) => !known.has(entry.question)))
  const place = (theirs.place?.at ?? 0) > (mine.place?.at ?? 0) ? theirs.place : mine.place
  return {
    quiz,
    ...(readTimes.length > 0 ? { readAt: Math.min(...readTimes) } : {}),
    ...(place ? { place } : {}),
  }
}

function later(mine: DatedVerdict | undefined, theirs: DatedVerdict | undefined): DatedVerdict | undefined {
  if (mine === undefined || theirs === undefined) return mine ?? theirs
  return theirs.at > mine.at ? theirs : mine
}
