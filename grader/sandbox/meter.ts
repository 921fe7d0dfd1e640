/**
 * The meter: rewrites a WebAssembly module so that it counts what it does and stops by itself.
 *
 * What the real one does: gas metering of smart-contract virtual machines charges every basic block for its instructions.
 * What we model: two counters in the module itself, as exported globals that the host sets before each entry, and a mark.
 *   `fuel` falls by 1 at each function entry and at each turn of each loop, and by 1 per 64 bytes of bulk copy or fill:
 *   nothing can run long without passing one of these. Below zero the module traps.
 *   `depth` falls at each function entry by an estimate of that function's stack frame and is put back after each call,
 *   so that deep recursion ends at the same call in every host, long before the host's own stack does.
 *   `lowest` is the lowest address that the stack in memory has reached since the host set it: below it nothing was written.
 * What we leave out: weights per instruction; recovery after a trap (an instance that trapped is thrown away).
 * Where to read upstream: WebAssembly core specification, chapter 5; wasm-instrument's `gas_metering` and `stack_limiter`.
 */
import { ByteReader, ByteWriter, encodeName, encodeSigned, encodeUnsigned } from './wasm/bytes.ts'
import { i32, opcode, prefixed, skipImmediates, voidBlock } from './wasm/instructions.ts'
import {
  countImports,
  functionTypes,
  parameterCounts,
  readSections,
  sectionId,
  writeSections,
} from './wasm/sections.ts'

/** Names of the exported globals that hold the counters and the mark. */
export const fuelExport = 'fuel'
export const depthExport = 'depth'
export const lowestExport = 'lowest'

/** Units of stack that one frame is taken to need: the machine code keeps a slot of 8 bytes per local, and some for itself. */
const frameUnits = (locals: number) => 64 + 8 * locals

const unlimited = 0x7fffffff

/** What one function's body is rewritten with. */
interface BodyContext {
  /** Functions below this index are imports: they cannot change `depth`. */
  importedFunctions: number
  parameters: number
  /** Index of the global that is the stack pointer; the module's only one. Undefined: it has none. */
  stackPointer: number | undefined
  /** Indices of the new globals. */
  fuel: number
  depth: number
  lowest: number
}

/**
 * Returns the module with fuel and depth counters and the stack's mark. All start at 2^31 - 1, so an instance whose counters
 * nobody sets behaves as before. A module has one global, the stack pointer, or none: with more, nobody knows which it is.
 * Throws when the module uses an instruction or a construct that the meter does not know.
 */
export function meter(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(module)
  const find = (id: number) => sections.find((section) => section.id === id)
  const types = find(sectionId.type)
  const functions = find(sectionId.function)
  if (types === undefined || functions === undefined) throw new Error('a module without functions needs no meter')
  const parameters = parameterCounts(types)
  const imports = countImports(find(sectionId.import))
  const globals = find(sectionId.global)
  const known = imports.globals + (globals === undefined ? 0 : new ByteReader(globals.content).unsigned())
  if (known > 1) throw new Error(`a module with ${known} globals: the meter knows one, the stack pointer`)
  const [fuel, depth, lowest] = [known, known + 1, known + 2]
  const bodies = functionTypes(functions).map((type) => ({
    importedFunctions: imports.functions,
    parameters: parameters[type]!,
    stackPointer: known === 0 ? undefined : 0,
    ...{ fuel, depth, lowest },
  }))

  const counters = [1, 2, 3].flatMap(() => [i32, 1, opcode.i32Const, ...encodeSigned(unlimited), opcode.end])
  const exports = [
    [...encodeName(fuelExport), 3, ...encodeUnsigned(fuel)],
    [...encodeName(depthExport), 3, ...encodeUnsigned(depth)],
    [...encodeName(lowestExport), 3, ...encodeUnsigned(lowest)],
  ].flat()

  const rewritten = new Map<number, Uint8Array>([
    [sectionId.global, withThreeMore(globals?.content, counters)],
    [sectionId.export, withThreeMore(find(sectionId.export)?.content, exports)],
    [sectionId.code, meterCode(find(sectionId.code)!.content, bodies)],
  ])
  const kept = sections.filter((section) => !rewritten.has(section.id))
  const added = [...rewritten].map(([id, content]) => ({ id, content }))
  return writeSections(inSpecificationOrder([...kept, ...added]))
}

/** Appends three entries to a section that is a counted list. */
function withThreeMore(content: Uint8Array | undefined, entries: readonly number[]): Uint8Array {
  const reader = new ByteReader(content ?? Uint8Array.of(0))
  const count = reader.unsigned()
  const writer = new ByteWriter()
  writer.append(encodeUnsigned(count + 3))
  writer.append(reader.bytes.subarray(reader.position))
  writer.append(entries)
  return writer.finish()
}

/** Known sections must come in a fixed order (12, data count, stands before 10, code); custom ones (0) go last. */
function inSpecificationOrder(sections: { id: number; content: Uint8Array }[]) {
  const rank = (id: number) => (id === 0 ? 99 : id === 12 ? 9.5 : id)
  return sections.sort((a, b) => rank(a.id) - rank(b.id))
}

function meterCode(code: Uint8Array, contexts: readonly BodyContext[]): Uint8Array {
  const reader = new ByteReader(code)
  const writer = new ByteWriter()
  writer.append(encodeUnsigned(reader.unsigned()))
  for (const context of contexts) {
    const length = reader.unsigned()
    const body = meterBody(code.subarray(reader.position, reader.position + length), context)
    writer.append(encodeUnsigned(body.length))
    writer.append(body)
    reader.skip(length)
  }
  return writer.finish()
}

function meterBody(body: Uint8Array, context: BodyContext): Uint8Array {
  const reader = new ByteReader(body)
  const groups = reader.unsigned()
  const localsStart = reader.position
  let locals = context.parameters
  for (let left = groups; left > 0; left--) {
    locals += reader.unsigned()
    reader.skip(1)
  }
  // Two locals of our own: scratch for sums, and this frame's depth, to be put back after each call.
  const scratch = encodeUnsigned(locals)
  const frameDepth = encodeUnsigned(locals + 1)
  const fuel = encodeUnsigned(context.fuel)
  const depth = encodeUnsigned(context.depth)
  const spendOneFuel = charge(fuel, scratch, 1)
  const markLowest = keepLowest(encodeUnsigned(context.lowest), scratch)
  const restoreDepth = [opcode.localGet, ...frameDepth, opcode.globalSet, ...depth]

  const writer = new ByteWriter()
  writer.append(encodeUnsigned(groups + 1))
  writer.append(body.subarray(localsStart, reader.position))
  writer.append([2, i32])
  writer.append(charge(depth, frameDepth, frameUnits(locals)))
  writer.append(spendOneFuel)

  let copied = reader.position
  const insert = (code: readonly number[], before: number) => {
    writer.append(body.subarray(copied, before))
    writer.append(code)
    copied = before
  }
  while (reader.position < body.length) {
    const start = reader.position
    const code = reader.byte()
    const operands = reader.position
    skipImmediates(reader, code)
    if (code === opcode.loop) insert(spendOneFuel, reader.position)
    else if (code === opcode.callIndirect) insert(restoreDepth, reader.position)
    else if (code === opcode.globalSet && new ByteReader(body, operands).unsigned() === context.stackPointer) {
      insert([opcode.localTee, ...scratch], start)
      insert(markLowest, reader.position)
    } else if (code === opcode.call) {
      const callee = new ByteReader(body, operands).unsigned()
      if (callee >= context.importedFunctions) insert(restoreDepth, reader.position)
    } else if (code === opcode.prefix) {
      const second = new ByteReader(body, operands).unsigned()
      if (second === prefixed.memoryCopy || second === prefixed.memoryFill) insert(chargeForBytes(fuel, scratch), start)
    }
  }
  writer.append(body.subarray(copied))
  return writer.finish()
}

/** counter -= amount; kept = counter; trap when it is below zero. */
function charge(counter: readonly number[], kept: readonly number[], amount: number): number[] {
  return [
    ...[opcode.globalGet, ...counter, opcode.i32Const, ...encodeSigned(amount), opcode.i32Sub],
    ...[opcode.localTee, ...kept, opcode.globalSet, ...counter],
    ...[opcode.localGet, ...kept, opcode.i32Const, 0, opcode.i32LtS],
    ...[opcode.if, voidBlock, opcode.unreachable, opcode.end],
  ]
}

/** lowest = min(lowest, kept). */
function keepLowest(lowest: readonly number[], kept: readonly number[]): number[] {
  return [
    ...[opcode.localGet, ...kept, opcode.globalGet, ...lowest, opcode.i32LtU, opcode.if, voidBlock],
    ...[opcode.localGet, ...kept, opcode.globalSet, ...lowest, opcode.end],
  ]
}

/** fuel -= bytes / 64, where the number of bytes is on top of the stack and stays there. The next charge traps if it must. */
function chargeForBytes(fuel: readonly number[], scratch: readonly number[]): number[] {
  return [
    ...[opcode.localTee, ...scratch],
    ...[opcode.globalGet, ...fuel, opcode.localGet, ...scratch, opcode.i32Const, 6, opcode.i32ShrU, opcode.i32Sub],
    ...[opcode.globalSet, ...fuel],
  ]
}
