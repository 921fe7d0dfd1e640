import { describe, expect, it } from 'vitest'
import { createProgressStore, type KeyValueStorage, type ProgressEvent } from './store.ts'

/** A storage with a size limit, which several stores can share as tabs do. */
function storageOf(charactersMax = Infinity): KeyValueStorage & { values: Map<string, string>; charactersMax: number } {
  const values = new Map<string, string>()
  return {
    values,
    charactersMax,
    get length() {
      return values.size
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem(key, value) {
      const others = [...values].reduce(
        (sum, [name, text]) => (name === key ? sum : sum + name.length + text.length),
        0,
      )
      if (others + key.length + value.length > this.charactersMax) {
        throw Object.assign(new Error('quota'), { name: 'QuotaExceededError' })
      }
      values.set(key, value)
    },
    removeItem: (key) => void values.delete(key),
  }
}

function tab(storage: KeyValueStorage | undefined, writer = 'tab-a') {
  let time = 1000
  const store = createProgressStore({ storage, now: () => time++, writer })
  const events: ProgressEvent[] = []
  store.subscribe((event) => events.push(event))
  return { ...store, events }
}

const draft = (source: string) => ({ source, contentHash: 'h1' })

describe('the store', () => {
  it('gives a draft back to the next page load', () => {
    const storage = storageOf()
    tab(storage).saveDraft('fit-filter', draft('code'))
    expect(tab(storage, 'tab-b').loadDraft('fit-filter')).toMatchObject({ source: 'code', contentHash: 'h1' })
  })

  it('with two tabs open, shows the conflict to the later writer and keeps both texts', () => {
    const storage = storageOf()
    const [a, b] = [tab(storage, 'tab-a'), tab(storage, 'tab-b')]
    a.saveDraft('fit-filter', draft('from the start'))
    b.loadDraft('fit-filter')
    a.saveDraft('fit-filter', draft('typed in A'))
    const outcome = b.saveDraft('fit-filter', draft('typed in B'))
    expect(outcome.conflict?.source).toBe('typed in A')
    expect(b.events.some((event) => event.type === 'conflict')).toBe(true)
    expect(a.loadDraft('fit-filter')?.source).toBe('typed in B')
    expect(a.earlierDrafts('fit-filter').map((kept) => kept.source)).toEqual(['typed in A'])
  })

  it('keeps working in memory when storage is full, says so, and recovers when there is room', () => {
    const storage = storageOf(600)
    const page = tab(storage)
    expect(page.saveDraft('fit-filter', draft('short')).kept).toBe('durable')
    expect(page.saveDraft('fit-filter', draft('x'.repeat(900))).kept).toBe('memory')
    expect(page.loadDraft('fit-filter')?.source).toHaveLength(900)
    expect(page.storageState()).toMatchObject({ kind: 'memory', reason: 'full' })
    storage.charactersMax = 5000
    expect(page.saveDraft('fit-filter', draft('y'.repeat(900))).kept).toBe('durable')
    expect(page.storageState()).toEqual({ kind: 'durable' })
    expect(page.events.filter((event) => event.type === 'storage')).toHaveLength(2)
  })

  it('keeps working in memory when the browser refuses storage', () => {
    const page = tab(undefined)
    page.saveDraft('fit-filter', draft('code'))
    page.recordVerdict('fit-filter', { status: 'pass', digest: 'd', contentHash: 'h1' })
    expect(page.loadDraft('fit-filter')?.source).toBe('code')
    expect(page.progressOf('fit-filter').passed?.digest).toBe('d')
    expect(page.storageState()).toMatchObject({ kind: 'memory', reason: 'blocked' })
    expect(page.everything().drafts).toHaveLength(1)
  })

  it('sets a record aside that it cannot read, instead of writing over it', () => {
    const storage = storageOf()
    storage.values.set('clusterwright/draft/fit-filter', '{"draft":')
    const page = tab(storage)
    expect(page.loadDraft('fit-filter')).toBeUndefined()
    page.saveDraft('fit-filter', draft('new'))
    expect(storage.values.get('clusterwright/unreadable/draft/fit-filter')).toBe('{"draft":')
  })

  it('can undo a reset', () => {
    const page = tab(storageOf())
    page.saveDraft('fit-filter', draft('mine'))
    page.keepDraft('fit-filter')
    page.saveDraft('fit-filter', draft('starter'))
    expect(page.earlierDrafts('fit-filter')[0]).toMatchObject({ source: 'mine', reason: 'reset' })
  })

  it('tells of changes made in another tab, by subject and id', () => {
    const page = tab(storageOf())
    page.changedElsewhere('clusterwright/lesson/scheduler')
    page.changedElsewhere('somebody-elses-key')
    expect(page.events).toEqual([{ type: 'changed', subject: 'lesson', id: 'scheduler', elsewhere: true }])
  })

  it('keeps preferences over a reload, and takes a pace that no figure offers as the usual one', () => {
    const storage = storageOf()
    tab(storage).setPreferences({ figureSpeed: 2 })
    expect(tab(storage).preferences()).toEqual({ editor: 'automatic', slashOpensSearch: true, figureSpeed: 2 })
    tab(storage).setPreferences({ figureSpeed: 3 })
    expect(tab(storage).preferences().figureSpeed).toBe(1)
  })

  it('erases what is its own and nothing else', () => {
    const storage = storageOf()
    storage.values.set('theme', 'dark')
    const page = tab(storage)
    page.saveDraft('fit-filter', draft('code'))
    page.markLessonRead('scheduler', true)
    page.setPreferences({ editor: 'plain' })
    page.eraseAll()
    expect([...storage.values.keys()]).toEqual(['theme'])
    expect(page.preferences().editor).toBe('automatic')
  })
})

describe('export and import', () => {
  function worked() {
    const page = tab(storageOf())
    page.saveDraft('fit-filter', draft('code'))
    page.recordVerdict('fit-filter', { status: 'pass', digest: 'd', contentHash: 'h1' })
    page.recordHint('fit-filter', 2)
    page.markLessonRead('scheduler', true)
    page.recordAnswer('scheduler', 'q1', { choice: 'b', correct: true })
    return page
  }

  it('carry everything to an empty browser', () => {
    const from = worked()
    const to = tab(storageOf(), 'tab-z')
    expect(to.importAll(from.exportAll())).toEqual({ drafts: 1, exercises: 1, lessons: 1 })
    expect(to.everything()).toEqual(from.everything())
  })

  it('importing twice changes nothing more', () => {
    const [from, to] = [worked(), tab(storageOf(), 'tab-z')]
    to.importAll(from.exportAll())
    to.importAll(from.exportAll())
    expect(to.earlierDrafts('fit-filter')).toEqual([])
    expect(to.progressOf('fit-filter').attempts).toBe(1)
  })

  it.each([
    ['not JSON', 'hello', /not JSON.*Export/],
    ['another JSON file', '{"name":"x"}', /not an export of progress/],
    ['a newer version', '{"format":"clusterwright-progress","version":9}', /version 9.*reads version 1/],
    ['a missing list', '{"format":"clusterwright-progress","version":1}', /drafts must be a list, but it is missing/],
    [
      'a bad name',
      '{"format":"clusterwright-progress","version":1,"drafts":[{"exercise":"__proto__"}]}',
      /drafts\[0\]\.exercise must be a name/,
    ],
    [
      'a damaged status',
      JSON.stringify({
        format: 'clusterwright-progress',
        version: 1,
        drafts: [],
        exercises: [
          { exercise: 'x', progress: { attempts: 1, latest: { status: 'won', digest: '', contentHash: '', at: 1 } } },
        ],
        lessons: [],
      }),
      /exercises\[0\] \(x\)\.latest\.status must be one of pass.*"won"/,
    ],
  ])('refuse %s with a clear message and change nothing', (_, text, message) => {
    const page = worked()
    const before = page.everything()
    expect(() => page.importAll(text)).toThrow(message)
    expect(page.everything()).toEqual(before)
  })
})
