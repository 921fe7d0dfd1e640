/**
 * One QuickJS virtual machine: memory, counters, and calls into it through strings.
 *
 * It speaks the C interface of quickjs-emscripten's build directly. Its JavaScript wrappers are made for pages that keep many
 * handles to guest values and may wait for a module to load; we keep one handle, pass only text, start machines in the middle
 * of a simulated step, and must own every import. A machine is never freed piece by piece: it is dropped, or its memory is
 * written anew, byte by byte, for the next guest.
 */
import type { EvalFlags } from 'quickjs-emscripten-core'
import { cStack, exportLetters, heapEndAddress, smallestMemoryPages } from './engine-pin.ts'
import { pinnedImports } from './imports.ts'
import { depthExport, fuelExport, lowestExport } from './meter.ts'
import { type Snapshot, clear, copyOut, filledPages, lowestIn, unlimited, usedRanges } from './snapshot.ts'
import { GuestThrew, MachineTrap, type TrapKind } from './stops.ts'

type Pointer = number
type Exports = Record<keyof typeof exportLetters, (...args: number[]) => number>

/** Room that is added, once, when the heap is full: enough to find out where that was. */
const reportPages = 16
/** The heap grows by 1 MiB at least. */
const growthPages = 16
const pageBytes = 65536

/** The flags of JS_Eval that we use; values, because the package's own object does not survive every bundler. */
const evaluateAs: Pick<typeof EvalFlags, 'JS_EVAL_TYPE_GLOBAL' | 'JS_EVAL_TYPE_MODULE'> = {
  JS_EVAL_TYPE_GLOBAL: 0,
  JS_EVAL_TYPE_MODULE: 1,
}

/** QuickJS's own stack check, in bytes of its C stack: a clean error for plain recursion, before the depth counter ends it. */
const stackBytes = 128 * 1024

export class Machine {
  runtime: Pointer = 0
  context: Pointer = 0
  bridge: Pointer = 0
  /** The adapter's module, evaluated before any learner's; 0 where there is none. */
  adapter: Pointer = 0
  /** Receives console output of the guest. */
  onEmit: (level: string, text: string) => void = () => {}
  /** An interrupt is asked for when no more fuel than this is left. */
  interruptBelow = 0
  interrupted = false
  readonly memory: WebAssembly.Memory
  private readonly exports: Exports
  private readonly fuelCounter: WebAssembly.Global
  private readonly depthCounter: WebAssembly.Global
  private readonly lowestMark: WebAssembly.Global
  private heapFull = false
  private trapped = false
  private isUsed = false
  private depth = unlimited
  private bytesNow: Uint8Array
  private filled: ReadonlySet<number> | undefined
  readonly module: WebAssembly.Module
  readonly pagesMax: number

  constructor(module: WebAssembly.Module, memoryBytes: number) {
    this.module = module
    this.pagesMax = pagesFor(memoryBytes)
    this.memory = new WebAssembly.Memory({ initial: smallestMemoryPages, maximum: this.pagesMax + reportPages })
    this.bytesNow = new Uint8Array(this.memory.buffer)
    const imports = pinnedImports({
      memory: this.memory,
      shouldInterrupt: () => this.shouldInterrupt(),
      onHostCall: (pointer) => this.receiveEmit(pointer),
      onHeapGrowth: (bytes) => this.growHeap(bytes),
    })
    const raw = new WebAssembly.Instance(module, imports).exports
    const named = Object.entries(exportLetters).map(([name, letter]) => [name, raw[letter]])
    this.exports = Object.fromEntries(named) as Exports
    this.fuelCounter = raw[fuelExport] as WebAssembly.Global
    this.depthCounter = raw[depthExport] as WebAssembly.Global
    this.lowestMark = raw[lowestExport] as WebAssembly.Global
  }

  /** Makes the VM and evaluates the prelude: a function of `emit` that returns the bridge. */
  prepare(preludeSource: string, preludeFileName: string): void {
    this.exports.constructors()
    this.runtime = this.exports.newRuntime()
    this.context = this.exports.newContext(this.runtime, 0)
    this.exports.setMaxStackSize(this.runtime, stackBytes)
    this.exports.enableInterruptHandler(this.runtime)
    const name = this.writeText('emit')
    const emit = this.exports.newFunction(this.context, name, 2, 0, 1)
    this.exports.free(name)
    const prelude = this.evaluate(preludeSource, preludeFileName, evaluateAs.JS_EVAL_TYPE_GLOBAL)
    this.bridge = this.callFunction(prelude, [emit])
  }

  /**
   * Takes a snapshot of a machine at rest. `fresh` is an unused machine of the same module; `reuse` a snapshot that nobody
   * needs any more, into whose storage this one is written: fresh memory costs more than all that is done here.
   */
  snapshot(fresh: Machine, reuse?: Snapshot): Snapshot {
    const words = new Int32Array(this.memory.buffer)
    const ranges = usedRanges(words, fresh.filledPages(), this.lowestUsed(), this.heapEnd())
    const { runtime, context, bridge, adapter } = this
    const memoryPages = this.memory.buffer.byteLength / pageBytes
    return { memoryPages, ...copyOut(this.bytes(), ranges, reuse?.storage), runtime, context, bridge, adapter }
  }

  /** Which pages of an unused machine are not empty: its data. */
  private filledPages(): ReadonlySet<number> {
    return (this.filled ??= filledPages(new Int32Array(this.memory.buffer)))
  }

  /**
   * Turns a new machine, or one that may be used again, into the one the snapshot was taken of: every byte of its memory is
   * written or known to be new. Its tables never change, and of its globals only the counters, which every entry sets, the
   * stack's mark, and the stack pointer, which every return has put back; `machine-reuse.test.ts` holds the module to that.
   */
  restore(snapshot: Snapshot): void {
    const missing = snapshot.memoryPages - this.memory.buffer.byteLength / pageBytes
    if (missing > 0) this.memory.grow(missing)
    const bytes = this.bytes()
    const lowest = this.lowestUsed()
    // Read before it is overwritten.
    const heapEnd = this.heapEnd()
    let end = 0
    for (const run of snapshot.runs) {
      if (this.isUsed) clear(bytes, end, run.offset, lowest)
      bytes.set(run.bytes, run.offset)
      end = run.offset + run.bytes.length
    }
    if (this.isUsed) clear(bytes, end, heapEnd, lowest)
    this.isUsed = true
    this.lowestMark.value = lowestIn(snapshot)
    this.runtime = snapshot.runtime
    this.context = snapshot.context
    this.bridge = snapshot.bridge
    this.adapter = snapshot.adapter
    this.onEmit = () => {}
    this.interrupted = false
  }

  /** Between the static data and this address, nothing has been written to the stack: all is zero. */
  private lowestUsed(): number {
    return Math.max(cStack.bottom, Math.min(cStack.top, this.lowestMark.value as number) - cStack.redZone)
  }

  /** From this address on, nothing has been written to the heap: all is zero. */
  private heapEnd(): number {
    return new Uint32Array(this.memory.buffer, heapEndAddress, 1)[0]!
  }

  /**
   * Whether another guest may have it. Not after a trap, which leaves the stack pointer anywhere, nor after an interrupt. And not
   * when its memory has grown: it cannot shrink again, and the next guest would find room that its budget has to be asked for.
   */
  get isReusable(): boolean {
    return !this.trapped && !this.interrupted && this.memory.buffer.byteLength === smallestMemoryPages * pageBytes
  }

  /** No guest will have it after this one. */
  spoil(): void {
    this.trapped = true
  }

  /** Sets the counters for one entry. `fuel` is at most 2^31 - 1. */
  refill(fuel: number, depth: number, interruptBelow: number): void {
    this.fuelCounter.value = Math.min(fuel, unlimited)
    this.depth = depth
    this.restoreDepth()
    this.interruptBelow = interruptBelow
  }

  get fuelLeft(): number {
    return this.fuelCounter.value as number
  }

  /** Evaluates an adapter's module, which waits for the learner's. Throws as `evaluateModule` does. */
  prepareAdapter(source: string, fileName: string): void {
    this.adapter = this.evaluateModule(source, fileName)
  }

  /** Evaluates a module and returns its namespace. Throws `GuestThrew` or `MachineTrap`. */
  evaluateModule(code: string, fileName: string): Pointer {
    return this.evaluate(code, fileName, evaluateAs.JS_EVAL_TYPE_MODULE)
  }

  /** One operation of the bridge. The text and the answer are text; `value` is a guest value the operation is about. */
  ask(operation: string, text: string, value?: Pointer): string {
    return this.guarded(() => {
      const given = [this.newString(operation), this.newString(text), ...(value === undefined ? [] : [value])]
      const answer = this.callFunction(this.bridge, given)
      const result = this.readString(answer)
      for (const pointer of [answer, given[0]!, given[1]!]) this.exports.freeValue(this.context, pointer)
      return result
    })
  }

  /** Runs waiting jobs (promise reactions) until none is left or the machine was interrupted; at most `batchesMax` × 100. */
  runJobs(batchesMax = Infinity): void {
    this.guarded(() => {
      const contextOut = this.exports.malloc(4)
      for (let batch = 0; batch < batchesMax; batch++) {
        if (this.exports.isJobPending(this.runtime) === 0 || this.interrupted) break
        this.restoreDepth()
        const result = this.exports.executePendingJob(this.runtime, 100, contextOut)
        this.exports.freeValue(this.context, result)
      }
      this.exports.free(contextOut)
    })
  }

  // ---- below: values and memory ----

  private evaluate(code: string, fileName: string, flags: number): Pointer {
    return this.guarded(() => {
      const source = this.writeText(code)
      const name = this.writeText(fileName)
      this.restoreDepth()
      const result = this.exports.evaluate(this.context, source, encode(code).length, name, 0, flags)
      this.exports.free(source)
      this.exports.free(name)
      return this.unwrap(result)
    })
  }

  private callFunction(target: Pointer, given: readonly Pointer[]): Pointer {
    const list = this.exports.malloc(4 * Math.max(1, given.length))
    new Uint32Array(this.memory.buffer).set(given, list >> 2)
    this.restoreDepth()
    const result = this.exports.call(this.context, target, this.exports.getUndefined(), given.length, list)
    this.exports.free(list)
    return this.unwrap(result)
  }

  private unwrap(result: Pointer): Pointer {
    const thrown = this.exports.resolveException(this.context, result)
    if (thrown !== 0) throw new GuestThrew(thrown)
    return result
  }

  /** Runs host code that enters the engine. Whatever the engine throws at the host becomes a `MachineTrap`. */
  private guarded<Result>(run: () => Result): Result {
    try {
      return run()
    } catch (error) {
      if (error instanceof GuestThrew) throw error
      this.trapped = true
      if (error instanceof MachineTrap) throw error
      throw new MachineTrap(this.trapKind(error), error instanceof Error ? error.message : String(error))
    }
  }

  /** Each return into the host leaves `depth` where the outermost frame had it, so every entry starts by putting it back. */
  private restoreDepth(): void {
    this.depthCounter.value = this.depth
  }

  private trapKind(error: unknown): TrapKind {
    if (this.heapFull) return 'memory'
    if (this.fuelLeft < 0) return 'fuel'
    if ((this.depthCounter.value as number) < 0) return 'stack'
    return error instanceof RangeError ? 'stack' : 'engine'
  }

  private shouldInterrupt(): boolean {
    if (this.fuelLeft > this.interruptBelow) return false
    this.interrupted = true
    return true
  }

  /**
   * Grows by what is asked for, in steps that depend on nothing else, so that the budget is reached at the same allocation
   * everywhere. A heap that is full ends the run, even where guest code would catch the error: half-made objects help nobody.
   */
  private growHeap(bytes: number): boolean {
    if (this.heapFull) return false
    const pages = this.memory.buffer.byteLength / pageBytes
    const wanted = Math.ceil(bytes / pageBytes)
    if (wanted <= this.pagesMax) {
      this.memory.grow(Math.min(this.pagesMax, Math.max(wanted, pages + growthPages)) - pages)
      return true
    }
    this.heapFull = true
    this.memory.grow(this.pagesMax + reportPages - pages)
    throw new MachineTrap('memory', 'the heap is full')
  }

  private receiveEmit(argumentsPointer: Pointer): void {
    const depth = this.depthCounter.value as number
    const level = this.readString(this.exports.argument(argumentsPointer, 0))
    this.onEmit(level, this.readString(this.exports.argument(argumentsPointer, 1)))
    this.depthCounter.value = depth
  }

  private newString(text: string): Pointer {
    const pointer = this.writeText(text)
    const value = this.exports.newString(this.context, pointer)
    this.exports.free(pointer)
    return value
  }

  private writeText(text: string): Pointer {
    const utf8 = encode(text)
    const pointer = this.exports.malloc(utf8.length + 1)
    if (pointer === 0) throw new MachineTrap('memory', 'no room for an argument')
    const memory = this.bytes()
    memory.set(utf8, pointer)
    memory[pointer + utf8.length] = 0
    return pointer
  }

  private readString(value: Pointer): string {
    const pointer = this.exports.getString(this.context, value)
    const memory = this.bytes()
    const text = decoder.decode(memory.subarray(pointer, memory.indexOf(0, pointer)))
    this.exports.freeCString(this.context, pointer)
    return text
  }

  /** Its memory as it is now. Growing it makes an earlier view useless. */
  private bytes(): Uint8Array {
    if (this.bytesNow.length === 0) this.bytesNow = new Uint8Array(this.memory.buffer)
    return this.bytesNow
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
let encoded = new Uint8Array(pageBytes)

/** UTF-8 of a text, in a buffer that the next call overwrites. */
function encode(text: string): Uint8Array {
  // A character of a text, half of a pair included, has three bytes at most.
  if (encoded.length < 3 * text.length) encoded = new Uint8Array(6 * text.length)
  return encoded.subarray(0, encoder.encodeInto(text, encoded).written)
}

/** How many pages a budget is. */
export const pagesFor = (memoryBytes: number): number =>
  Math.max(smallestMemoryPages, Math.ceil(memoryBytes / pageBytes))
