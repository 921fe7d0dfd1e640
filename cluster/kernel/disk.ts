/**
 * The disk of one process: named append-only files and one sync, with group commit.
 *
 * What we model: records reach the disk at a sync and not before; syncs asked for while one is running share the next;
 * a crash keeps what was synced and loses the rest.
 * What we leave out: torn records and bit rot (they come with the store's own fault classes).
 */
import type { DiskImage } from './component.ts'
import { Log } from './log.ts'

export interface Disk {
  /** What the process has written, synced or not. */
  files: Map<string, Log<unknown>>
  /** What would survive a crash now: the first `length` records of each. */
  durable: Map<string, Durable>
  /** The sync under way: its ids, and what will be durable when it is done. */
  syncing: { readonly ids: readonly number[]; readonly files: Map<string, Durable> } | undefined
  /** Sync ids that wait for the next round. */
  waiting: readonly number[]
}

interface Durable {
  readonly log: Log<unknown>
  readonly length: number
}

export function createDisk(): Disk {
  return { files: new Map(), durable: new Map(), syncing: undefined, waiting: [] }
}

/** A disk on which these files have been synced. */
export function diskWith(files: DiskImage): Disk {
  const disk = createDisk()
  for (const [file, records] of Object.entries(files)) append(disk, file, records)
  startSync(disk, [])
  finishSync(disk)
  return disk
}

export function forkDisk(disk: Disk): Disk {
  const twins = new Map<Log<unknown>, Log<unknown>>()
  const twin = (log: Log<unknown>) => {
    let copy = twins.get(log)
    if (!copy) twins.set(log, (copy = log.fork()))
    return copy
  }
  const twinDurable = (files: Map<string, Durable>) =>
    new Map([...files].map(([name, { log, length }]) => [name, { log: twin(log), length }]))
  return {
    files: new Map([...disk.files].map(([name, log]) => [name, twin(log)])),
    durable: twinDurable(disk.durable),
    syncing: disk.syncing && { ids: disk.syncing.ids, files: twinDurable(disk.syncing.files) },
    waiting: disk.waiting,
  }
}

export function append(disk: Disk, file: string, records: readonly unknown[]): void {
  let log = disk.files.get(file)
  if (!log) disk.files.set(file, (log = new Log()))
  for (const record of records) log.push(record)
}

/** Starts a sync of all that is written by now, for these ids. */
export function startSync(disk: Disk, ids: readonly number[]): void {
  const files = new Map<string, Durable>()
  disk.files.forEach((log, name) => files.set(name, { log, length: log.length }))
  disk.syncing = { ids, files }
  disk.waiting = []
}

/** The sync is done; returns the ids that are durable now. */
export function finishSync(disk: Disk): readonly number[] {
  const { ids, files } = disk.syncing!
  disk.durable = files
  disk.syncing = undefined
  return ids
}

/** After a crash: what was written and never synced is gone. */
export function loseUnsynced(disk: Disk): void {
  disk.files = new Map()
  for (const [name, { log, length }] of disk.durable) {
    log.truncate(length)
    disk.files.set(name, log)
  }
  disk.syncing = undefined
  disk.waiting = []
}

export function imageOf(disk: Disk | undefined): DiskImage {
  if (!disk) return {}
  return Object.fromEntries([...disk.durable].map(([name, { log, length }]) => [name, log.toArray().slice(0, length)]))
}
