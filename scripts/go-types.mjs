/**
 * The struct types of a Go program, with their fields' tags, out of the program itself: Go keeps them for reflection.
 *
 * What it reads is ELF for 64 bits, little endian, not position-independent, as Go 1.24 and later lay it out.
 * Where to read upstream: Go `src/internal/abi/type.go`, `src/runtime/type.go`.
 */
import { readFileSync } from 'node:fs'

/** Of `abi.Kind`. */
export const KIND = { array: 17, func: 19, interface: 20, map: 21, pointer: 22, slice: 23, string: 24, struct: 25 }

/** What a type of that kind takes, in bytes; behind it comes what named types have in addition. */
const SIZES = { [KIND.pointer]: 56, [KIND.slice]: 56, [KIND.struct]: 80, [KIND.map]: 112 }
const SIZE = 48
const [UNCOMMON, EXTRA_STAR, NAMED] = [1, 2, 4]
/** Of a name: it has a tag; the field is embedded. */
const [HAS_TAG, EMBEDDED] = [2, 8]
const NO_BITS = 8

/**
 * @typedef {object} GoType
 * @property {number} kind
 * @property {string} name as Go prints it: `v1.Pod`
 * @property {boolean} isNamed
 * @property {string} path of the package that a named one is from
 * @property {number} [elem] address of the type that it points to or consists of
 * @property {{ name: number, type: number }[]} [fields] addresses
 */

export class GoTypes {
  #elf
  #sections
  #types
  #known = new Map()

  /** @param {string} program */
  constructor(program) {
    this.#elf = readFileSync(program)
    this.#sections = this.#readSections()
    this.#types = this.#section('.rodata').address
  }

  /** @returns {Map<string, GoType>} named structs by package and name: `k8s.io/api/core/v1.Pod` */
  structs() {
    const found = new Map()
    const { offset, size } = this.#section('.typelink')
    for (let at = offset; at < offset + size; at += 4) {
      const type = this.at(this.#types + this.#elf.readInt32LE(at))
      const struct = type.kind === KIND.pointer ? this.at(type.elem) : type
      if (struct.kind !== KIND.struct || !struct.isNamed) continue
      found.set(`${struct.path}.${struct.name.slice(struct.name.lastIndexOf('.') + 1)}`, struct)
    }
    return found
  }

  /** @param {number} address @returns {GoType} */
  at(address) {
    const known = this.#known.get(address)
    if (known) return known
    const at = this.#offsetOf(address)
    const kind = this.#elf[at + 23] & 31
    const flags = this.#elf[at + 20]
    const text = this.nameAt(this.#types + this.#elf.readInt32LE(at + 40)).text
    const type = { kind, name: flags & EXTRA_STAR ? text.slice(1) : text, isNamed: (flags & NAMED) !== 0, path: '' }
    this.#known.set(address, type)
    if (flags & UNCOMMON && (kind < KIND.array || kind === KIND.string || SIZES[kind] !== undefined)) {
      const path = this.#elf.readInt32LE(at + (SIZES[kind] ?? SIZE))
      if (path !== 0) type.path = this.nameAt(this.#types + path).text
    }
    if (kind === KIND.pointer || kind === KIND.slice) type.elem = this.#number(at + SIZE)
    if (kind === KIND.map) type.elem = this.#number(at + SIZE + 8)
    if (kind === KIND.struct) type.fields = this.#fieldsAt(this.#number(at + 56), this.#number(at + 64))
    return type
  }

  /** @param {number} address */
  nameAt(address) {
    const at = this.#offsetOf(address)
    const flags = this.#elf[at]
    const [text, next] = this.#textAt(at + 1)
    return { text, tag: flags & HAS_TAG ? this.#textAt(next)[0] : '', isEmbedded: (flags & EMBEDDED) !== 0 }
  }

  #fieldsAt(address, count) {
    if (count === 0) return []
    const at = this.#offsetOf(address)
    return Array.from({ length: count }, (_, i) => ({
      name: this.#number(at + 24 * i),
      type: this.#number(at + 24 * i + 8),
    }))
  }

  #textAt(at) {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#elf[at++]
      length |= (byte & 127) << shift
      if (byte < 128) return [this.#elf.toString('utf8', at, at + length), at + length]
    }
  }

  #number(at) {
    return Number(this.#elf.readBigUInt64LE(at))
  }

  #readSections() {
    const [table, each, count] = [this.#number(0x28), this.#elf.readUInt16LE(0x3a), this.#elf.readUInt16LE(0x3c)]
    const sections = Array.from({ length: count }, (_, i) => {
      const at = table + i * each
      const [address, offset, size] = [16, 24, 32].map((field) => this.#number(at + field))
      return { name: this.#elf.readUInt32LE(at), type: this.#elf.readUInt32LE(at + 4), address, offset, size }
    })
    const names = sections[this.#elf.readUInt16LE(0x3e)].offset
    return sections.map((section) => {
      const at = names + section.name
      return { ...section, name: this.#elf.toString('latin1', at, this.#elf.indexOf(0, at)) }
    })
  }

  #section(name) {
    const section = this.#sections.find((one) => one.name === name)
    if (!section) throw new Error(`the program has no section ${name}: it is no Go program that this can read`)
    return section
  }

  #offsetOf(address) {
    const section = this.#sections.find(
      ({ address: first, size, type }) => type !== NO_BITS && address >= first && address < first + size,
    )
    if (!section) throw new Error(`nothing is at the address ${address.toString(16)}`)
    return section.offset + address - section.address
  }
}
