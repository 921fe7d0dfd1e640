/**
 * What a request for a certificate asks for, and until when a certificate is good. Nothing here knows a key.
 *
 * What we leave out: whether a request is signed with the key that is in it: whoever signs looks at that.
 * Where to read upstream: Go `crypto/x509`; RFC 2986, RFC 5280; kubernetes/kubernetes `pkg/apis/certificates/helpers.go`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Der } from './der.ts'
import { DerError, expectTag, oidOf, partsOf, pemBlock, readDer, TAG, textOf } from './der.ts'
import { parseTime } from './meta.ts'

export interface CertificateRequest {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly ipAddresses: readonly Uint8Array[]
  readonly uris: readonly string[]
  /** The whole request, and parts of it, in DER: what who signs needs. */
  readonly raw: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** The other names, as an extension's value; undefined: there are none. */
  readonly alternativeNames: Uint8Array | undefined
}

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const ALTERNATIVE_NAMES = '2.5.29.17'

/** The text of the PEM in the base64 of a field; undefined: it is no base64. */
export function pemOfField(field: unknown): string | undefined {
  if (typeof field !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(field) || field.length % 4 !== 0) return undefined
  return new TextDecoder().decode(Uint8Array.from(atob(field), (character) => character.charCodeAt(0)))
}

/** A text: what is wrong with it. @param field `spec.request`: base64 of PEM */
export function certificateRequestOf(field: unknown): CertificateRequest | string {
  const block = pemBlock(pemOfField(field) ?? '')
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST'
  try {
    return parsed(block.bytes)
  } catch (error) {
    if (error instanceof DerError) return error.message
    throw error
  }
}

function parsed(raw: Uint8Array): CertificateRequest {
  const [info] = partsOf(expectTag(readDer(raw), TAG.sequence))
  const [version, subject, publicKey, attributes] = partsOf(expectTag(info, TAG.sequence))
  expectTag(version, TAG.integer)
  const names = attributesOf(expectTag(subject, TAG.sequence))
  const others = attributes?.tag === TAG.context ? alternativeNames(attributes) : undefined
  const found = others ? partsOf(expectTag(readDer(others), TAG.sequence)) : []
  const texts = (tag: number): string[] => found.filter((one) => one.tag === tag).map(textOf)
  return {
    commonName: names.findLast(([oid]) => oid === COMMON_NAME)?.[1] ?? '',
    organizations: names.filter(([oid]) => oid === ORGANIZATION).map(([, value]) => value),
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: found.filter((one) => one.tag === 0x87).map(({ content }) => content),
    raw,
    subject: subject!.raw,
    publicKey: expectTag(publicKey, TAG.sequence).raw,
    alternativeNames: others,
  }
}

/** A name's parts: which, and what. */
const attributesOf = (name: Der): (readonly [string, string])[] =>
  partsOf(name).flatMap((set) =>
    partsOf(expectTag(set, TAG.set)).map((pair) => {
      const [oid, value] = partsOf(expectTag(pair, TAG.sequence))
      if (!value) throw new DerError('asn1: syntax error: data truncated')
      return [oidOf(expectTag(oid, TAG.oid)), textOf(value)] as const
    }),
  )

/** Of the extensions that a request wants. */
function alternativeNames(attributes: Der): Uint8Array | undefined {
  for (const attribute of partsOf(attributes)) {
    const [type, values] = partsOf(expectTag(attribute, TAG.sequence))
    if (oidOf(expectTag(type, TAG.oid)) !== EXTENSION_REQUEST) continue
    const [extensions] = partsOf(expectTag(values, TAG.set))
    for (const extension of partsOf(expectTag(extensions, TAG.sequence))) {
      const parts = partsOf(expectTag(extension, TAG.sequence))
      if (oidOf(expectTag(parts[0], TAG.oid)) === ALTERNATIVE_NAMES) return expectTag(parts.at(-1), TAG.octetString).content // prettier-ignore
    }
  }
  return undefined
}

// ── certificates ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The last instant of a certificate; undefined: it is none that can be read. @param field `status.certificate`: base64 of PEM */
export function notAfterOf(field: unknown): Micros | undefined {
  const block = pemBlock(pemOfField(field) ?? '')
  if (block?.type !== 'CERTIFICATE') return undefined
  try {
    const [body] = partsOf(readDer(block.bytes))
    const parts = partsOf(expectTag(body, TAG.sequence)).filter(({ tag }) => tag !== TAG.context)
    const [, until] = partsOf(expectTag(parts[3], TAG.sequence))
    return until && timeOf(until)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

const UTC_TIME = 0x17

/** `261127190000Z`, or with the whole year. */
function timeOf(time: Der): Micros | undefined {
  const text = textOf(time)
  const whole = time.tag === UTC_TIME ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? []
  if (parts.length === 0) return undefined
  const [year, month, day, hour, minute, second] = parts
  return parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** What is wrong with what shall be a chain of certificates; undefined: nothing. @param field base64 of PEM */
export function certificateProblem(field: unknown): string | undefined {
  let rest = pemOfField(field) ?? ''
  let blocks = 0
  for (let block = pemBlock(rest); block; block = pemBlock(rest)) {
    if (block.type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(block.type)}` // prettier-ignore
    try {
      expectTag(readDer(block.bytes), TAG.sequence)
    } catch (error) {
      if (error instanceof DerError) return `x509: malformed certificate`
      throw error
    }
    blocks++
    rest = block.rest
  }
  return blocks === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}
