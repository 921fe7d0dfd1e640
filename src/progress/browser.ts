/**
 * The learner's store of this page: `localStorage` underneath, other tabs heard through its `storage` events.
 *
 * Import from here in pages and elements; the rules are in `progress.ts`, the reading and writing in `store.ts`.
 * Local storage, not IndexedDB: a draft must be safe at the moment the tab goes away, when nothing asynchronous runs any
 * more, and a course's worth of drafts is far below its five million characters.
 */
import { createProgressStore, type KeyValueStorage } from './store.ts'

function openStorage(): KeyValueStorage | undefined {
  try {
    const storage = globalThis.localStorage
    storage.getItem('clusterwright/preferences/device')
    return storage
  } catch {
    return undefined
  }
}

function tabName(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const store = createProgressStore({ storage: openStorage(), now: () => Date.now(), writer: tabName() })

if (typeof window !== 'undefined') {
  window.addEventListener('storage', (event) => {
    // Another area's events (session storage) have nothing to do with us; a blocked storage sends none.
    if (event.storageArea === window.localStorage) store.changedElsewhere(event.key)
  })
}

/** The number of the day at a time, by this device's calendar. */
export function dayOf(at: number): number {
  return Math.floor((at - new Date(at).getTimezoneOffset() * 60_000) / 86_400_000)
}

/** Today's number. */
export const today = (): number => dayOf(Date.now())

export const {
  loadDraft,
  saveDraft,
  earlierDrafts,
  keepDraft,
  markRanAway,
  recordVerdict,
  recordHint,
  progressOf,
  hasDraft,
  lessonOf,
  markLessonRead,
  recordPlace,
  recordAnswer,
  preferences,
  setPreferences,
  subscribe,
  storageState,
  everything,
  exportAll,
  importAll,
  eraseAll,
} = store
