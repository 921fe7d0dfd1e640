/**
 * A shelf of texts by key, above a storage that may fail.
 *
 * When a write fails (storage full, blocked, private window) the text stays in memory and wins over what the storage holds;
 * the next write of that key tries again. Whoever owns the shelf is told when it turns from durable to memory and back.
 */

/** What a shelf needs of `localStorage`. Any call may throw. */
export interface KeyValueStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type StorageState = { kind: 'durable' } | { kind: 'memory'; reason: 'full' | 'blocked'; message: string }

const messages = {
  full: 'The browser’s storage is full. Your work is kept in this tab only: export it before you close the tab, or free some space.',
  blocked:
    'The browser does not allow this site to store anything. Your work is kept in this tab only: export it before you close the tab.',
}

const inMemory = (reason: 'full' | 'blocked'): StorageState => ({ kind: 'memory', reason, message: messages[reason] })

export interface Shelf {
  state(): StorageState
  read(key: string): string | null
  write(key: string, text: string): 'durable' | 'memory'
  remove(key: string): void
  /** Keys that begin with the prefix, in order. */
  keys(prefix: string): string[]
  /** Another tab has written this key: what is remembered here is out of date. */
  forget(key: string): void
}

/** `storage` is absent when the browser refuses it altogether. */
export function createShelf(storage: KeyValueStorage | undefined, changed: (state: StorageState) => void): Shelf {
  /** Texts whose write failed. `null`: removed. */
  const memory = new Map<string, string | null>()
  let state: StorageState = storage ? { kind: 'durable' } : inMemory('blocked')

  function become(next: StorageState): void {
    const isSame = JSON.stringify(next) === JSON.stringify(state)
    state = next
    if (!isSame) changed(state)
  }

  return {
    state: () => state,

    read(key) {
      if (memory.has(key)) return memory.get(key) ?? null
      try {
        return storage?.getItem(key) ?? null
      } catch {
        return null
      }
    },

    write(key, text) {
      try {
        if (!storage) throw Object.assign(new Error('There is no storage.'), { name: 'SecurityError' })
        storage.setItem(key, text)
        memory.delete(key)
        if (memory.size === 0) become({ kind: 'durable' })
        return 'durable'
      } catch (error) {
        become(inMemory((error as { name?: string }).name === 'SecurityError' ? 'blocked' : 'full'))
        memory.set(key, text)
        return 'memory'
      }
    },

    remove(key) {
      memory.delete(key)
      try {
        storage?.removeItem(key)
      } catch {
        memory.set(key, null)
      }
    },

    keys(prefix) {
      const found = new Set<string>()
      try {
        for (let index = 0; storage && index < storage.length; index++) found.add(storage.key(index) ?? '')
      } catch {
        // A storage that cannot be listed has nothing to say; what is in memory still counts.
      }
      for (const [key, text] of memory) {
        if (text === null) found.delete(key)
        else found.add(key)
      }
      return [...found].filter((key) => key.startsWith(prefix)).sort()
    },

    forget: (key) => void memory.delete(key),
  }
}
