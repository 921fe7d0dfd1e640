/**
 * Keeps a draft while somebody types: a moment after the last keystroke, and at once when the page may go away.
 *
 * The store underneath keeps what another tab wrote; this decides when to write and what to say about it.
 */
import type { Draft, EarlierDraft } from '../progress/progress.ts'
import type { ProgressEvent, SaveOutcome } from '../progress/store.ts'

/** What this needs of the learner's store (`src/progress/browser.ts`). */
export interface DraftStore {
  loadDraft(exercise: string): Draft | undefined
  saveDraft(exercise: string, draft: { source: string; contentHash: string }): SaveOutcome
  keepDraft(exercise: string): void
  earlierDrafts(exercise: string): EarlierDraft[]
  markRanAway(exercise: string): void
  everything(): { drafts: { exercise: string; record: { draft: Draft } }[] }
  subscribe(listener: (event: ProgressEvent) => void): () => void
}

export interface DraftKeeperOptions {
  exercise: string
  contentHash: string
  store: DraftStore
  after(milliseconds: number, run: () => void): () => void
  /** Something worth showing has changed. */
  changed(): void
}

/** How long a pause in typing is before the draft is saved. */
export const PAUSE_MS = 400

export type DraftKeeper = ReturnType<typeof createDraftKeeper>

export function createDraftKeeper({ exercise, contentHash, store, after, changed }: DraftKeeperOptions) {
  let text: string | undefined
  let savedText: string | undefined
  let saved: SaveOutcome | undefined
  let elsewhere: Draft | undefined
  let cancel = () => {}

  function save(): void {
    cancel()
    if (text === undefined || text === savedText) return
    saved = store.saveDraft(exercise, { source: text, contentHash })
    savedText = text
    elsewhere = undefined
    changed()
  }

  const stopListening = store.subscribe((event) => {
    if (event.type !== 'changed' || event.subject !== 'draft' || event.id !== exercise || !event.elsewhere) return
    // A look that leaves no mark: reading it as our own would let our next save go over it without keeping it.
    const theirs = store.everything().drafts.find((known) => known.exercise === exercise)?.record.draft
    elsewhere = theirs && theirs.source !== text ? theirs : undefined
    changed()
  })

  return {
    /** What was saved before, if anything. */
    open(): Draft | undefined {
      const draft = store.loadDraft(exercise)
      text = savedText = draft?.source
      return draft
    },

    typed(now: string): void {
      text = now
      cancel()
      cancel = after(PAUSE_MS, save)
    },

    /** Saves at once: before a grading, and when the page may go away. */
    flush: save,

    /** Saves the draft under the present version of the exercise although its text is the same. */
    adopt(): void {
      if (text === undefined) return
      savedText = undefined
      save()
    },

    /** Puts the present draft among the earlier ones, whence it can be brought back. */
    keep(): void {
      save()
      store.keepDraft(exercise)
    },

    earlier: (): EarlierDraft[] => store.earlierDrafts(exercise),
    markRanAway: () => store.markRanAway(exercise),

    /** The last save of this tab, and the draft of another tab that came later. */
    status: () => ({ saved, elsewhere, isSaved: text === savedText }),

    /** Takes the other tab's draft over; what this tab had is kept among the earlier ones. */
    takeOver(): string | undefined {
      if (!elsewhere) return undefined
      const theirs = elsewhere.source
      if (text !== savedText) {
        save()
        store.keepDraft(exercise)
      } else {
        store.loadDraft(exercise)
      }
      elsewhere = undefined
      text = theirs
      save()
      return theirs
    },

    /** The other tab's draft is left alone; the next save here keeps it among the earlier ones. */
    forgetElsewhere(): void {
      elsewhere = undefined
      changed()
    },

    dispose(): void {
      save()
      stopListening()
    },
  }
}
