/**
 * PEM and DER: the armour and the encoding of certificates, as far as one must read them to know what is asked for.
 *
 * What we leave out: tags of more than one byte, lengths that are not known beforehand; DER has no use for them.
 * Where to read upstream: Go `encoding/pem`, `encoding/asn1`; X.690.
 */

export interface PemBlock {
  /** `CERTIFICATE REQUEST`. */
  readonly type: string
  readonly bytes: Uint8Array
  /** What stands after it. */
  readonly rest: string
}

const BEGIN = /(?:^|\n)-----BEGIN ([^\n-]+)-----[ \t]*\r?\n/

/** The first block of a text; undefined: there is none. */
export function pemBlock(text: string): PemBlock | undefined {
  const begin = BEGIN.exec(text)
  if (!begin) return undefined
  const type = begin[1]!
  const from = begin.index + begin[0].length
  const end = text.indexOf(`-----END ${type}-----`, from)
  if (end < 0) return undefined
  const body = text.slice(from, end).replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body) || body.length % 4 !== 0) return undefined
  const rest = text.slice(end + `-----END ${type}-----`.length)
  return { type, bytes: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)), rest }
}

/** The bytes are no DER, or not of the form that is expected. */
export class DerError extends Error {}

export interface Der {
  readonly tag: number
  /** With tag and length. */
  readonly raw: Uint8Array
  readonly content: Uint8Array
}

export const TAG = {
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  sequence: 0x30,
  set: 0x31,
  context: 0xa0,
} as const

/** The value that begins at a place. @throws DerError */
function readAt(bytes: Uint8Array, at: number): Der {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw new DerError('asn1: syntax error: data truncated')
  let header = 2
  let length = first
  if (first >= 0x80) {
    const count = first - 0x80
    if (count === 0 || count > 4) throw new DerError('asn1: syntax error: unsupported length')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
    header += count
  }
  const end = at + header + length
  if (end > bytes.length) throw new DerError('asn1: syntax error: data truncated')
  return { tag, raw: bytes.subarray(at, end), content: bytes.subarray(at + header, end) }
}

/** The one value that the bytes are. @throws DerError */
export function readDer(bytes: Uint8Array): Der {
  const value = readAt(bytes, 0)
  if (value.raw.length !== bytes.length) throw new DerError('asn1: syntax error: trailing data')
  return value
}

/** The values within a sequence or a set. @throws DerError */
export function partsOf({ content }: Der): Der[] {
  const parts: Der[] = []
  for (let at = 0; at < content.length;) {
    const part = readAt(content, at)
    parts.push(part)
    at += part.raw.length
  }
  return parts
}

/** @throws DerError where it is another */
export function expectTag(value: Der | undefined, tag: number): Der {
  if (value?.tag !== tag) throw new DerError("asn1: structure error: tags don't match")
  return value
}

/** `2.5.4.3`. */
export function oidOf({ content }: Der): string {
  const parts: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 127)
    if (byte >= 128) continue
    if (parts.length === 0)
      parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40))) // prettier-ignore
    else parts.push(value)
    value = 0
  }
  return parts.join('.')
}

/** Text of any of DER's kinds; the rare ones of two bytes a character excepted. */
export const textOf = ({ content }: Der): string => new TextDecoder().decode(content)
