/**
 * Where a report goes. A file is written beside its name and takes the name when it is whole: whoever finds a report finds
 * all of it, and a report of an earlier run stays until then.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from './errors.ts'

export interface Sink {
  write(text: string): void
  /** All is written. */
  finish(): void
  /** It will never be whole: leaves no trace of it. */
  abandon(): void
}

export function fileSink(path: string): Sink {
  const isThere = existsSync(path)
  if (isThere && statSync(path).isDirectory()) throw new UsageError(`"${path}" is a folder: name a file for the report`)
  // A pipe or a device is no file that could be replaced.
  const isReplaced = !isThere || statSync(path).isFile()
  const draft = isReplaced ? `${path}.${process.pid}.draft` : path
  const file = opened(path, draft)
  return {
    write: (text) => void writeSync(file, text),
    finish() {
      closeSync(file)
      if (isReplaced) renameSync(draft, path)
    },
    abandon() {
      closeSync(file)
      if (isReplaced) rmSync(draft, { force: true })
    },
  }
}

function opened(path: string, draft: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(draft, 'w')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`"${path}" cannot be written (${code}): name a file in a folder where you may write`)
  }
}

/** GitHub takes so many bytes of summary per step; a part of them is kept for saying that something is missing. */
const SUMMARY_BYTES_MAX = 1024 * 1024
const NOTE_BYTES = 1024

/** The job summary, which steps append to. What does not fit any more is counted: GitHub would refuse it all. */
export function summarySink(path: string, say: (left: number) => string): Sink {
  let used = existsSync(path) ? statSync(path).size : 0
  let left = 0
  return {
    write(text) {
      const size = Buffer.byteLength(text)
      if (left > 0 || used + size > SUMMARY_BYTES_MAX - NOTE_BYTES) return void left++
      appendFileSync(path, text)
      used += size
    },
    finish() {
      if (left > 0) appendFileSync(path, `\n${say(left)}\n`)
    },
    abandon() {},
  }
}
