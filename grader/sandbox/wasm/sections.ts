/**
 * A WebAssembly module as its list of sections, with the few facts the meter needs about each.
 * Upstream: WebAssembly core specification, 5.5 "Modules".
 */
import { ByteReader, ByteWriter, encodeUnsigned } from './bytes.ts'

export const sectionId = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const

export interface Section {
  id: number
  content: Uint8Array
}

export function readSections(module: Uint8Array): Section[] {
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  if (magic.some((byte, index) => module[index] !== byte)) throw new Error('these bytes are not a WebAssembly 1 module')
  const reader = new ByteReader(module, magic.length)
  const sections: Section[] = []
  while (reader.position < module.length) {
    const id = reader.byte()
    const length = reader.unsigned()
    sections.push({ id, content: module.subarray(reader.position, reader.position + length) })
    reader.skip(length)
  }
  return sections
}

export function writeSections(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
  for (const section of sections) {
    writer.append([section.id, ...encodeUnsigned(section.content.length)])
    writer.append(section.content)
  }
  return writer.finish()
}

/** How many parameters each function type has. */
export function parameterCounts(section: Section): number[] {
  const reader = new ByteReader(section.content)
  const counts: number[] = []
  for (let left = reader.unsigned(); left > 0; left--) {
    const form = reader.byte()
    if (form !== 0x60)
      throw new Error(`type form 0x${form.toString(16)} is not a function type: the meter knows no other`)
    const parameters = reader.unsigned()
    reader.skip(parameters)
    reader.skip(reader.unsigned())
    counts.push(parameters)
  }
  return counts
}

/** Imported functions and globals come first in their index spaces, so what the module defines is numbered after them. */
export function countImports(section: Section | undefined): { functions: number; globals: number } {
  const counts = { functions: 0, globals: 0 }
  if (section === undefined) return counts
  const reader = new ByteReader(section.content)
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.name()
    reader.name()
    const kind = reader.byte()
    if (kind === 1) reader.skip(1)
    if (kind === 0) {
      reader.skipNumber()
      counts.functions++
    } else if (kind === 1 || kind === 2) {
      const hasMaximum = (reader.byte() & 1) !== 0
      reader.skipNumber()
      if (hasMaximum) reader.skipNumber()
    } else if (kind === 3) {
      reader.skip(2)
      counts.globals++
    } else throw new Error(`import kind ${kind} is not one the meter knows`)
  }
  return counts
}

/** The import section with another minimum for the memory that it imports. `pages` are of 64 KiB. */
export function withMinimumMemory(section: Section, pages: number): Section {
  const reader = new ByteReader(section.content)
  const writer = new ByteWriter()
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.name()
    reader.name()
    const kind = reader.byte()
    if (kind === 0) reader.skipNumber()
    else if (kind === 2) {
      reader.skip(1)
      writer.append(section.content.subarray(0, reader.position))
      reader.skipNumber()
      writer.append(encodeUnsigned(pages))
      writer.append(section.content.subarray(reader.position))
      return { id: section.id, content: writer.finish() }
    } else throw new Error(`an import of kind ${kind} stands before the memory: teach withMinimumMemory to pass it`)
  }
  throw new Error('the module imports no memory')
}

/** The type index of each function that the module defines. */
export function functionTypes(section: Section): number[] {
  const reader = new ByteReader(section.content)
  return Array.from({ length: reader.unsigned() }, () => reader.unsigned())
}
