import { describe, expect, it } from 'vitest'
import { type KeyValueStorage, createProgressStore } from '../progress/store.ts'
import { createDraftKeeper } from './draft-keeper.ts'

/** One browser: a storage that all its tabs share, each tab told of the others' writes. */
function browser() {
  const values = new Map<string, string>()
  const tabs: ReturnType<typeof createProgressStore>[] = []
  let time = 100
  function openTab() {
    const name = `tab-${tabs.length + 1}`
    const tell = (key: string) => tabs.forEach((tab) => tab !== store && tab.changedElsewhere(key))
    const storage: KeyValueStorage = {
      get length() {
        return values.size
      },
      key: (index) => [...values.keys()][index] ?? null,
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => {
        values.set(key, value)
        tell(key)
      },
      removeItem: (key) => void values.delete(key),
    }
    const store = createProgressStore({ storage, now: () => time++, writer: name })
    tabs.push(store)
    let pending: (() => void) | undefined
    const keeper = createDraftKeeper({
      exercise: 'fit-filter',
      contentHash: 'h1',
      store,
      after: (_, run) => {
        pending = run
        return () => (pending = undefined)
      },
      changed: () => {},
    })
    return { keeper, store, pause: () => pending?.(), isWaiting: () => pending !== undefined }
  }
  return { openTab }
}

describe('a draft', () => {
  it('is saved after a pause in typing, once', () => {
    const { keeper, store, pause, isWaiting } = browser().openTab()
    keeper.open()
    keeper.typed('a')
    keeper.typed('ab')
    expect(store.loadDraft('fit-filter')).toBeUndefined()
    pause()
    expect(store.loadDraft('fit-filter')).toMatchObject({ source: 'ab', revision: 1 })
    expect(isWaiting()).toBe(false)
  })

  it('is saved at once when the page goes away', () => {
    const { keeper, store } = browser().openTab()
    keeper.open()
    keeper.typed('half a')
    keeper.dispose()
    expect(store.loadDraft('fit-filter')?.source).toBe('half a')
  })

  it('comes back when the page does', () => {
    const { openTab } = browser()
    const first = openTab()
    first.keeper.open()
    first.keeper.typed('mine')
    first.keeper.dispose()
    expect(openTab().keeper.open()?.source).toBe('mine')
  })

  it('that was not touched is not written', () => {
    const { keeper, store } = browser().openTab()
    keeper.open()
    keeper.flush()
    expect(store.hasDraft('fit-filter')).toBe(false)
  })

  it('is among the earlier ones after a reset', () => {
    const { keeper } = browser().openTab()
    keeper.open()
    keeper.typed('long work')
    keeper.keep()
    keeper.typed('starter')
    keeper.flush()
    expect(keeper.earlier()).toMatchObject([{ source: 'long work', reason: 'reset' }])
  })
})

describe('two tabs', () => {
  it('hear of each other and lose neither text', () => {
    const { openTab } = browser()
    const one = openTab()
    const two = openTab()
    one.keeper.open()
    two.keeper.open()
    one.keeper.typed('from one')
    one.keeper.flush()
    expect(two.keeper.status().elsewhere?.source).toBe('from one')
    two.keeper.typed('from two')
    two.keeper.flush()
    expect(two.keeper.status().elsewhere).toBeUndefined()
    expect(one.keeper.status().elsewhere?.source).toBe('from two')
    expect(two.keeper.earlier()).toMatchObject([{ source: 'from one', reason: 'other-tab' }])
  })

  it('can take over from each other', () => {
    const { openTab } = browser()
    const one = openTab()
    const two = openTab()
    one.keeper.open()
    two.keeper.open()
    one.keeper.typed('from one')
    one.keeper.flush()
    expect(two.keeper.takeOver()).toBe('from one')
    two.keeper.typed('from one, and two')
    two.keeper.flush()
    expect(two.keeper.earlier()).toEqual([])
  })

  it('take over without losing what was being typed', () => {
    const { openTab } = browser()
    const one = openTab()
    const two = openTab()
    one.keeper.open()
    two.keeper.open()
    one.keeper.typed('from one')
    one.keeper.flush()
    two.keeper.typed('half a line')
    expect(two.keeper.takeOver()).toBe('from one')
    expect(two.store.loadDraft('fit-filter')?.source).toBe('from one')
    expect(two.keeper.earlier().map((draft) => draft.source)).toContain('half a line')
  })

  it('that meet unheard keep the other text as an earlier draft', () => {
    const { openTab } = browser()
    const one = openTab()
    one.keeper.open()
    one.keeper.typed('from one')
    one.keeper.flush()
    const late = openTab()
    late.keeper.typed('typed before it looked')
    late.keeper.flush()
    expect(late.keeper.earlier()).toMatchObject([{ source: 'from one', reason: 'other-tab' }])
  })
})
