/**
 * How long each WebAssembly instruction is: what follows its opcode. That is all a rewriter needs to know to walk a body.
 * Proposals that QuickJS's build does not use (SIMD, exceptions, tail calls, threads) are refused, never guessed at.
 * Upstream: WebAssembly core specification, 5.4 "Instructions".
 */
import type { ByteReader } from './bytes.ts'

export const opcode = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  brTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  selectTyped: 0x1c,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32Sub: 0x6b,
  i32ShrU: 0x76,
  prefix: 0xfc,
} as const

/** Second byte of the 0xfc instructions that the meter charges for. */
export const prefixed = { memoryCopy: 10, memoryFill: 11 } as const

/** A block type without results, and the type i32. */
export const voidBlock = 0x40
export const i32 = 0x7f

/** Moves `reader` past the immediates of `code`; the opcode itself has been read. Throws on an instruction it does not know. */
export function skipImmediates(reader: ByteReader, code: number): void {
  if (code === opcode.brTable) return skipVector(reader, 1)
  if (code === opcode.selectTyped) return skipVector(reader, 0)
  if (code === opcode.prefix) return skipPrefixed(reader)
  if (code === 0x43) return reader.skip(4)
  if (code === 0x44) return reader.skip(8)
  for (let left = numbersAfter(code, reader.position); left > 0; left--) reader.skipNumber()
}

function skipVector(reader: ByteReader, extra: number): void {
  for (let left = reader.unsigned() + extra; left > 0; left--) reader.skipNumber()
}

/** How many LEB128 numbers follow the opcode. */
function numbersAfter(code: number, position: number): number {
  if (code >= 0x28 && code <= 0x3e) return 2 // loads and stores: alignment, offset
  if (code === opcode.callIndirect) return 2
  if (code >= 0x02 && code <= 0x04) return 1 // block, loop, if: block type
  if (code === 0x0c || code === 0x0d || code === opcode.call) return 1 // br, br_if, call
  if (code >= 0x20 && code <= 0x26) return 1 // variables and tables
  if (code >= 0x3f && code <= 0x42) return 1 // memory.size, memory.grow, i32.const, i64.const
  if (code === 0xd0 || code === 0xd2) return 1 // ref.null, ref.func
  const none = [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]
  if (none.includes(code) || (code >= 0x45 && code <= 0xc4)) return 0
  throw new Error(
    `the meter does not know WebAssembly instruction 0x${code.toString(16)} at byte ${position - 1}: ` +
      'teach it its immediates in wasm/instructions.ts (or build QuickJS without that proposal)',
  )
}

/** Numbers after each 0xfc instruction: eight truncations without any, then the bulk and table instructions from 8 to 17. */
const numbersAfterPrefixed = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1]

function skipPrefixed(reader: ByteReader): void {
  const start = reader.position
  const code = reader.unsigned()
  const numbers = numbersAfterPrefixed[code]
  if (numbers === undefined) throw new Error(`the meter does not know instruction 0xfc ${code} at byte ${start}`)
  for (let left = numbers; left > 0; left--) reader.skipNumber()
}
