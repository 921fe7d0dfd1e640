/**
 * Files in fewer bytes, by the best way that the asker takes: Brotli, then gzip. Each is made once and kept as long as the
 * server runs; a file that has changed since is made again.
 */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What shrinks; fonts and pictures are small already. */
const SHRINKS = /^(?:text\/|image\/svg|font\/ttf|application\/(?:json|wasm|xml|manifest))/
/** Below this many bytes there is nothing to win. */
const BYTES_MIN = 500
/** As hosts do it on the fly: half of the best quality, at a twentieth of its time. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const ways = [
  { encoding: 'br', make: (bytes) => promisify(brotliCompress)(bytes, brotliOptions) },
  { encoding: 'gzip', make: promisify(gzip) },
]

/** Whether a header such as `gzip;q=0.5, br;q=0` takes an encoding. */
function takes(accepted, encoding) {
  const found = accepted.split(',').find((part) => part.split(';')[0].trim().toLowerCase() === encoding)
  return found !== undefined && !/;\s*q=0(?:\.0*)?\s*$/.test(found)
}

/** @type {Map<string, {mtimeMs: number, body: Promise<Buffer>}>} */
const made = new Map()

/**
 * @param {{file: string, size: number, mtimeMs: number, type: string}} found
 * @param {string | string[] | undefined} accepted the header Accept-Encoding
 * @returns {Promise<{encoding: string, body: Buffer} | undefined>} nothing when it is better sent as it is
 */
export async function compressed({ file, size, mtimeMs, type }, accepted = '') {
  if (size < BYTES_MIN || !SHRINKS.test(type)) return undefined
  const way = ways.find(({ encoding }) => takes(String(accepted), encoding))
  if (!way) return undefined
  const key = `${way.encoding} ${file}`
  const kept = made.get(key)
  const body = kept?.mtimeMs === mtimeMs ? kept.body : readFile(file).then(way.make)
  made.set(key, { mtimeMs, body })
  return { encoding: way.encoding, body: await body }
}
