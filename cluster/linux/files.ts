/**
 * The machine's files: one flat tree of path to content, with locks and watches.
 *
 * What we model: a journal on the disk, written back 5 s after a change or at once by `sync`; directories below `/run` and
 * `/tmp` live in memory; advisory locks that end with their holder.
 * What we leave out: permissions, directories as things of their own, partial reads and writes.
 */
import type { DiskImage } from '#cluster/kernel/component.ts'
import type { Batch, Lock, Work } from './state.ts'
import { fail } from './state.ts'
import type { KernelNews, Syscall } from './syscall.ts'

/** `vm.dirty_writeback_centisecs` */
const WRITE_BACK_MICROS = 5_000_000
/** The journal is rewritten when it has more records than this and most of them are of no use. */
const JOURNAL_MIN = 4_096
const JOURNAL = 'journal'

interface JournalRecord {
  readonly path: string
  /** Undefined: removed. */
  readonly data?: unknown
}

const isVolatile = (path: string): boolean =>
  path.startsWith('/run/') || path.startsWith('/var/run/') || path.startsWith('/tmp/')

const below = (directory: string): string => (directory.endsWith('/') ? directory : `${directory}/`)

/** What the disk still has after a boot. */
export function loadFiles(work: Work, disk: DiskImage): void {
  const { files } = work.state
  for (const { path, data } of (disk[JOURNAL] ?? []) as readonly JournalRecord[]) {
    if (data === undefined) files.delete(path)
    else files.set(path, data)
  }
  work.state.journal = disk[JOURNAL]?.length ?? 0
}

export function readFile(work: Work, { path }: Syscall<'readFile'>): unknown {
  const data = work.state.files.get(path)
  return data === undefined ? fail('ENOENT', `open ${path}: no such file or directory`) : { data }
}

export function readDirectory(work: Work, { path }: Syscall<'readDirectory'>): unknown {
  const prefix = below(path)
  const files: (readonly [path: string, data: unknown])[] = []
  for (const entry of work.state.files) if (entry[0].startsWith(prefix)) files.push(entry)
  return { files }
}

export function writeFile(work: Work, { path, data, exclusive }: Syscall<'writeFile'>): unknown {
  if (exclusive && work.state.files.has(path)) return fail('EEXIST', `open ${path}: file exists`)
  work.state.files.set(path, data)
  record(work, { path, data })
  return {}
}

export function unlink(work: Work, { path, ifPresent }: Syscall<'unlink'>): unknown {
  if (work.state.files.delete(path)) record(work, { path })
  else if (!ifPresent) return fail('ENOENT', `remove ${path}: no such file or directory`)
  return {}
}

function record(work: Work, change: JournalRecord): void {
  const { state, effects } = work
  tellWatchers(work, change.path)
  if (isVolatile(change.path)) return
  effects.push({ type: 'append', file: JOURNAL, records: [change] })
  state.journal++
  if (state.journal > JOURNAL_MIN && state.journal > state.files.size * 4) rewriteJournal(work)
  if (state.writeBackPending) return
  state.writeBackPending = true
  effects.push({ type: 'wake', key: 'write-back', after: WRITE_BACK_MICROS })
}

function rewriteJournal(work: Work): void {
  const { state, effects } = work
  const records = [...state.files].filter(([path]) => !isVolatile(path)).map(([path, data]) => ({ path, data }))
  effects.push({ type: 'remove', file: JOURNAL }, { type: 'append', file: JOURNAL, records })
  state.journal = records.length
}

export function writeBack(work: Work): void {
  work.state.writeBackPending = false
  work.effects.push({ type: 'persist', id: work.ctx.id() })
}

/** The batch goes on when `persisted` comes back with the number. */
export function sync(work: Work, batch: Batch): void {
  const id = work.ctx.id()
  work.state.syncs.set(id, batch.key)
  work.effects.push({ type: 'persist', id })
}

// ── locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** True: the lock is the caller's. False: its batch waits. */
export function lockFile(work: Work, batch: Batch, { path }: Syscall<'lockFile'>): boolean {
  const { locks } = work.state
  const lock = locks.get(path)
  if (!lock) locks.set(path, { holder: batch.from, waiting: [] })
  else if (lock.holder !== batch.from) {
    locks.set(path, { ...lock, waiting: [...lock.waiting, batch.key] })
    return false
  }
  return true
}

export function unlockFile(work: Work, batch: Batch, { path }: Syscall<'unlockFile'>): unknown {
  const lock = work.state.locks.get(path)
  if (lock?.holder !== batch.from) return fail('EINVAL', `${path} is not locked by this process`)
  passOn(work, path, lock)
  return {}
}

function passOn(work: Work, path: string, lock: Lock): void {
  const { locks, batches } = work.state
  const waiting = lock.waiting.filter((key) => batches.has(key))
  const next = waiting[0]
  if (next === undefined) {
    locks.delete(path)
    return
  }
  locks.set(path, { holder: batches.get(next)!.from, waiting: waiting.slice(1) })
  work.resumed.push({ key: next, result: {} })
}

/** A process has ended: its locks go to whoever is next. */
export function releaseLocks(work: Work, holder: string): void {
  for (const [path, lock] of [...work.state.locks]) if (lock.holder === holder) passOn(work, path, lock)
}

// ── watches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function watchDirectory(work: Work, batch: Batch, { path }: Syscall<'watchDirectory'>): unknown {
  const { watchers } = work.state
  const prefix = below(path)
  const present = watchers.get(prefix) ?? []
  if (!present.includes(batch.from)) watchers.set(prefix, [...present, batch.from])
  return {}
}

function tellWatchers(work: Work, path: string): void {
  for (const [prefix, processes] of work.state.watchers) {
    if (!path.startsWith(prefix)) continue
    for (const to of processes)
      work.effects.push({ type: 'send', to, body: { type: 'fileChanged', path } as KernelNews })
  }
}
