import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'
import { bigEndian, bigEndianId, changeEntry, idField, revisionBytes, varint } from './wire-bytes.ts'

const hex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex')

describe('CRC-32C', () => {
  it.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['\xff'.repeat(32), 0x62a8ab43],
  ])('of %j', (bytes, expected) => expect(crc32c(0, bytes)).toBe(expected))

  it('may be taken in pieces', () => expect(crc32c(crc32c(0, '12345'), '6789')).toBe(0xe3069283))
})

describe('numbers', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [300, 'ac02'],
    [2 ** 53 - 1, 'ffffffffffffff0f'],
  ])('%i as a varint', (n, expected) => expect(hex(varint(n))).toBe(expected))

  it('are big-endian where they are sorted', () => {
    expect(hex(bigEndian(2 ** 33 + 5))).toBe('0000000200000005')
    expect(hex(revisionBytes(2, 1))).toBe('00000000000000025f0000000000000001')
  })

  it('are int64s where they are ids, negative ones too', () => {
    expect(hex(bigEndianId('7587862094201225995'))).toBe(7587862094201225995n.toString(16))
    expect(hex(bigEndianId('-1'))).toBe('ff'.repeat(8))
    expect(hex(idField(1, '-1'))).toBe('08ffffffffffffffffff01')
    expect(hex(idField(1, '0'))).toBe('')
  })
})

describe('a change', () => {
  const base = { key: 'a', main: 2, sub: 0, previous: -1 }

  it('is a KeyValue under its revision', () => {
    const kv = { key: 'a', createRevision: 2, modRevision: 2, version: 1, value: 'x', lease: '0' }
    const [key, value] = changeEntry({ ...base, kv })
    expect([hex(key), hex(value)]).toEqual(['00000000000000025f0000000000000000', '0a01611002180220012a0178'])
  })

  it('has a mark where it is a deletion, and no more than the key', () => {
    const [key, value] = changeEntry({ ...base, kv: undefined })
    expect([hex(key), hex(value)]).toEqual(['00000000000000025f000000000000000074', '0a0161'])
  })
})
