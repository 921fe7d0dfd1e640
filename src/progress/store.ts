/**
 * The learner's store: reads and writes records through a key-value storage that may fail, and tells those who listen.
 *
 * What it is: one key per record (`clusterwright/draft/<exercise>` …), so that two tabs only ever meet over the same
 * exercise; every read goes to the storage, so a tab never acts on a stale copy. `shelf.ts` says what happens when the
 * storage fails.
 * The storage, the clock and the tab's name are handed in: `browser.ts` does that for pages, tests do it in Node.
 */
import {
  defaultPreferences,
  type Draft,
  type EarlierDraft,
  type ExerciseProgress,
  type LessonProgress,
  mergeDrafts,
  mergeExercises,
  mergeLessons,
  noExerciseProgress,
  noLessonProgress,
  type Preferences,
  type VerdictNote,
  withAnswer,
  withDraft,
  withEarlier,
  withVerdict,
} from './progress.ts'
import { isIdentifier, readDraftRecord, readExerciseProgress, readLessonProgress, readPreferences } from './records.ts'
import { createShelf, type KeyValueStorage, type Shelf, type StorageState } from './shelf.ts'
import { type Everything, readTransfer, writeTransfer } from './transfer.ts'

export type { KeyValueStorage, StorageState } from './shelf.ts'

export interface StoreEnvironment {
  /** Absent when the browser refuses storage altogether. */
  storage: KeyValueStorage | undefined
  now(): number
  /** A name for this tab, different for every page load. */
  writer: string
}

const subjects = ['draft', 'exercise', 'lesson', 'preferences'] as const
export type Subject = (typeof subjects)[number]
const isSubject = (name: string | undefined): name is Subject => subjects.some((subject) => subject === name)

/** Something changed. `elsewhere`: another tab did it. */
export type ProgressEvent =
  | { type: 'changed'; subject: Subject; id: string; elsewhere: boolean }
  | { type: 'conflict'; exercise: string; other: Draft }
  | { type: 'storage'; state: StorageState }
  | { type: 'erased'; elsewhere: boolean }

export interface SaveOutcome {
  savedAt: number
  /** `memory`: it will be gone when this tab closes; `message` of the storage state says why and what to do. */
  kept: 'durable' | 'memory'
  /** Another tab had saved since this one last looked; its draft is now the first of `earlierDrafts`. */
  conflict?: Draft
}

export interface ImportReport {
  drafts: number
  exercises: number
  lessons: number
}

const prefix = 'clusterwright/'

function keyOf(subject: Subject, id: string): string {
  if (!isIdentifier(id))
    throw new Error(`“${id}” cannot name a ${subject}: use lower-case letters, digits and hyphens.`)
  return `${prefix}${subject}/${id}`
}

function idsOf(shelf: Shelf, subject: Subject): string[] {
  const start = `${prefix}${subject}/`
  return shelf
    .keys(start)
    .map((key) => key.slice(start.length))
    .filter(isIdentifier)
}

function readRecord<Value>(
  shelf: Shelf,
  key: string,
  reader: (value: unknown, where: string) => Value,
): Value | undefined {
  const text = shelf.read(key)
  if (text === null) return undefined
  try {
    return reader(JSON.parse(text), key)
  } catch {
    // Never written over: a later version, or a person, may still make sense of it.
    shelf.write(`${prefix}unreadable/${key.slice(prefix.length)}`, text)
    shelf.remove(key)
    return undefined
  }
}

/** Reads what a shelf holds, record by record and all together. */
function readersOf(shelf: Shelf) {
  const draftRecord = (exercise: string) => readRecord(shelf, keyOf('draft', exercise), readDraftRecord)
  const progressOf = (exercise: string): ExerciseProgress =>
    readRecord(shelf, keyOf('exercise', exercise), readExerciseProgress) ?? noExerciseProgress
  const lessonOf = (lesson: string): LessonProgress =>
    readRecord(shelf, keyOf('lesson', lesson), readLessonProgress) ?? noLessonProgress
  const preferences = (): Preferences =>
    readRecord(shelf, `${prefix}preferences/device`, readPreferences) ?? defaultPreferences

  function everything(): Everything {
    return {
      drafts: idsOf(shelf, 'draft').flatMap((exercise) => {
        const record = draftRecord(exercise)
        return record ? [{ exercise, record }] : []
      }),
      exercises: idsOf(shelf, 'exercise').map((exercise) => ({ exercise, progress: progressOf(exercise) })),
      lessons: idsOf(shelf, 'lesson').map((lesson) => ({ lesson, progress: lessonOf(lesson) })),
      preferences: preferences(),
    }
  }

  return { draftRecord, progressOf, lessonOf, preferences, everything }
}

export type ProgressStore = ReturnType<typeof createProgressStore>

export function createProgressStore(environment: StoreEnvironment) {
  const listeners = new Set<(event: ProgressEvent) => void>()
  const seenRevisions = new Map<string, number>()

  function tell(event: ProgressEvent): void {
    for (const listener of [...listeners]) listener(event)
  }

  const shelf = createShelf(environment.storage, (state) => tell({ type: 'storage', state }))

  function put(subject: Subject, id: string, value: unknown): 'durable' | 'memory' {
    const kept = shelf.write(keyOf(subject, id), JSON.stringify(value))
    tell({ type: 'changed', subject, id, elsewhere: false })
    return kept
  }

  const { draftRecord, progressOf, lessonOf, preferences, everything } = readersOf(shelf)

  return {
    /** The draft of an exercise, whatever version of the exercise it was written for: compare its `contentHash`. */
    loadDraft(exercise: string): Draft | undefined {
      const draft = draftRecord(exercise)?.draft
      if (draft) seenRevisions.set(exercise, draft.revision)
      return draft
    },

    /** Saves a draft at once. Never throws for want of storage; see `kept` and `conflict` of what it returns. */
    saveDraft(exercise: string, draft: { source: string; contentHash: string }): SaveOutcome {
      const at = environment.now()
      const baseRevision = seenRevisions.get(exercise)
      const request = {
        ...draft,
        at,
        writer: environment.writer,
        ...(baseRevision === undefined ? {} : { baseRevision }),
      }
      const { record, conflict } = withDraft(draftRecord(exercise), request)
      const kept = put('draft', exercise, record)
      seenRevisions.set(exercise, record.draft.revision)
      if (conflict) tell({ type: 'conflict', exercise, other: conflict })
      return { savedAt: at, kept, ...(conflict ? { conflict } : {}) }
    },

    /** Drafts that were replaced by another hand, newest first: another tab's, one before a reset, one for an older version. */
    earlierDrafts(exercise: string): EarlierDraft[] {
      return draftRecord(exercise)?.earlier ?? []
    },

    /** Keeps the present draft among the earlier ones: call it before a reset, so that the reset can be undone. */
    keepDraft(exercise: string): void {
      const record = draftRecord(exercise)
      if (record) put('draft', exercise, { ...record, earlier: withEarlier(record.earlier, record.draft, 'reset') })
    },

    /** Marks the present draft as one that had to be stopped; the mark goes when its text changes. */
    markRanAway(exercise: string): void {
      const record = draftRecord(exercise)
      if (record) put('draft', exercise, { ...record, draft: { ...record.draft, ranAway: true } })
    },

    /** Records the verdict of a submission. */
    recordVerdict(exercise: string, verdict: VerdictNote): void {
      put('exercise', exercise, withVerdict(progressOf(exercise), verdict, environment.now()))
    },

    /** Records that a hint (counted from 1) was opened. */
    recordHint(exercise: string, hint: number): void {
      const progress = progressOf(exercise)
      if (hint > progress.hintsOpened) put('exercise', exercise, { ...progress, hintsOpened: hint })
    },

    progressOf,
    lessonOf,
    preferences,

    /** Whether a draft exists, without reading it into this tab's memory of revisions. */
    hasDraft: (exercise: string): boolean => shelf.read(keyOf('draft', exercise)) !== null,

    markLessonRead(lesson: string, isRead: boolean): void {
      const { readAt, ...rest } = lessonOf(lesson)
      put('lesson', lesson, isRead ? { ...rest, readAt: readAt ?? environment.now() } : rest)
    },

    /** Records how far a reader came in a lesson: the id of the heading, '' for the beginning. */
    recordPlace(lesson: string, heading: string): void {
      put('lesson', lesson, { ...lessonOf(lesson), place: { heading, at: environment.now() } })
    },

    recordAnswer(lesson: string, question: string, given: { choice: string; correct: boolean }): void {
      put('lesson', lesson, withAnswer(lessonOf(lesson), question, given, environment.now()))
    },

    setPreferences(change: Partial<Preferences>): void {
      shelf.write(`${prefix}preferences/device`, JSON.stringify({ ...preferences(), ...change }))
      tell({ type: 'changed', subject: 'preferences', id: 'device', elsewhere: false })
    },

    /** Calls the listener on every change, from this tab or another. Returns the function that ends it. */
    subscribe(listener: (event: ProgressEvent) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    storageState: (): StorageState => shelf.state(),

    everything,
    exportAll: (): string => writeTransfer(everything(), environment.now()),

    /** Merges a file into what is here (rule: transfer.ts). Throws, having changed nothing, when the file is not sound. */
    importAll(text: string): ImportReport {
      const theirs = readTransfer(text)
      for (const { exercise, record } of theirs.drafts) {
        put('draft', exercise, mergeDrafts(draftRecord(exercise), record))
      }
      for (const { exercise, progress } of theirs.exercises) {
        put('exercise', exercise, mergeExercises(progressOf(exercise), progress))
      }
      for (const { lesson, progress } of theirs.lessons) put('lesson', lesson, mergeLessons(lessonOf(lesson), progress))
      return { drafts: theirs.drafts.length, exercises: theirs.exercises.length, lessons: theirs.lessons.length }
    },

    /** Removes everything of this course from the browser. */
    eraseAll(): void {
      for (const key of shelf.keys(prefix)) shelf.remove(key)
      seenRevisions.clear()
      tell({ type: 'erased', elsewhere: false })
    },

    /** To be called with another tab's change: the key and whether a value is there now; a null key means all is gone. */
    changedElsewhere(key: string | null): void {
      if (key === null) return tell({ type: 'erased', elsewhere: true })
      if (!key.startsWith(prefix)) return
      shelf.forget(key)
      const [subject, id] = key.slice(prefix.length).split('/')
      if (isSubject(subject)) tell({ type: 'changed', subject, id: id ?? '', elsewhere: true })
    },
  }
}
