/**
 * CRC-32C (Castagnoli), the checksum by which etcd compares stores. Bytes are the units of a string, one in each.
 *
 * Where to read upstream: Go `hash/crc32`; RFC 3720, appendix B.4.
 */

/** Reversed, since bits go in lowest first. */
const POLYNOMIAL = 0x82f63b78

const TABLE: Readonly<Int32Array> = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
  return remainder
})

/** The checksum of what `checksum` is of, and these bytes after it. Begin with 0. @returns 32 bits, unsigned */
export function crc32c(checksum: number, bytes: string): number {
  let crc = ~checksum
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes.charCodeAt(at)) & 0xff]!
  return ~crc >>> 0
}
