/**
 * What the engine may ask of its host: nothing that differs from host to host. The clock stands at 0, the zone is UTC, the
 * language is "C"; there are no files and no timers. Three imports are ours to use: the interrupt handler, the one host
 * function (console output), and the heap that wants to grow, which is how a memory budget is kept.
 */
import { importLetters } from './engine-pin.ts'

/** What one virtual machine does about the imports that are not pinned. */
export interface Hooks {
  memory: WebAssembly.Memory
  /** Polled by QuickJS about every 10,000 branches; true ends the running code with an error that it cannot catch. */
  shouldInterrupt(): boolean
  /** The guest called the host function. `argumentsPointer` is a C array of JSValue. Its result is undefined. */
  onHostCall(argumentsPointer: number): void
  /** The heap must grow to so many bytes. Says whether it has; throws to end the run. */
  onHeapGrowth(bytes: number): boolean
}

const utc = [0x55, 0x54, 0x43, 0]

/** Thrown out of the engine where its C code has given up. */
function refuse(what: string): never {
  throw new Error(`QuickJS called ${what}`)
}

/**
 * C's `localtime` for UTC: seconds since 1970 in, `struct tm` out. Calendar arithmetic by whole days from 1 March 0000, after
 * which a leap day is always the last day of its year.
 */
export function writeLocalTime(memory: WebAssembly.Memory, seconds: bigint, pointer: number): void {
  const days = Math.floor(Number(seconds) / 86400)
  const rest = Number(seconds) - days * 86400
  const sinceMarch0 = days + 719468
  const era = Math.floor(sinceMarch0 / 146097)
  const dayOfEra = sinceMarch0 - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = (monthFromMarch + 2) % 12
  const year = yearOfEra + era * 400 + (month <= 1 ? 1 : 0)
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const yearDay = month <= 1 ? dayOfYear - 306 : dayOfYear + 59 + (isLeap ? 1 : 0)
  const fields = [
    rest % 60,
    Math.floor(rest / 60) % 60,
    Math.floor(rest / 3600),
    dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    month,
    year - 1900,
    (((days + 4) % 7) + 7) % 7,
    yearDay,
    0, // daylight saving: never
    0, // seconds east of UTC
  ]
  new Int32Array(memory.buffer, pointer, fields.length).set(fields)
}

/** The import object for one instance. */
export function pinnedImports(hooks: Hooks): WebAssembly.Imports {
  const { memory } = hooks
  const words = () => new Uint32Array(memory.buffer)
  const functions: Record<Exclude<keyof typeof importLetters, 'memory'>, (...args: never[]) => unknown> = {
    assertFail: () => refuse('assert'),
    abort: () => refuse('abort'),
    exit: () => refuse('exit'),
    fdWrite: () => refuse('write'),
    fdClose: () => refuse('close'),
    fdSeek: () => refuse('seek'),
    setItimer: () => refuse('setitimer'),
    normalizeModule: () => refuse('the module loader'),
    loadModule: () => refuse('the module loader'),
    keepRuntimeAlive: () => undefined,
    freeHostReference: () => undefined,
    environSizesGet: (countPointer: number, sizePointer: number) => {
      words()[countPointer >> 2] = 0
      words()[sizePointer >> 2] = 0
      return 0
    },
    environGet: () => 0,
    setTimeZone: (zonePointer: number, daylightPointer: number, standardName: number, daylightName: number) => {
      words()[zonePointer >> 2] = 0
      words()[daylightPointer >> 2] = 0
      for (const name of [standardName, daylightName]) new Uint8Array(memory.buffer, name, 4).set(utc)
    },
    localTime: (seconds: bigint, pointer: number) => writeLocalTime(memory, seconds, pointer),
    now: () => 0,
    resizeHeap: (bytes: number) => (hooks.onHeapGrowth(bytes >>> 0) ? 1 : 0),
    shouldInterrupt: () => (hooks.shouldInterrupt() ? 1 : 0),
    callHostFunction: (_context: number, _this: number, _count: number, argumentsPointer: number) => {
      hooks.onHostCall(argumentsPointer)
      return 0
    },
  }
  const imports: Record<string, WebAssembly.ImportValue> = { [importLetters.memory]: memory }
  for (const [name, implementation] of Object.entries(functions)) {
    imports[importLetters[name as keyof typeof functions]] = implementation as WebAssembly.ImportValue
  }
  return { a: imports }
}
