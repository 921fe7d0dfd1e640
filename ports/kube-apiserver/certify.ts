/**
 * Signing what a cluster has approved: the one thing that its controller manager cannot do itself, because it has no key.
 *
 * The signature is RSA's with PKCS #1 v1.5, which is the same for the same: a world that is loaded signs what it signed before,
 * byte for byte. Keys of every kind that this machine's OpenSSL can check may be certified.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/certificates/authority/{authority,policies}.go`; RFC 5280.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto'
import { DerError, expectTag, oidOf, partsOf, readDer, TAG } from '#cluster/api/der.ts'
import type { CertificateRequest } from '#cluster/api/x509.ts'
import type { Certify, WantedCertificate } from '#cluster/kube-controller-manager/certificates/csrsigning.ts'
import type { Certificate } from './certificates.ts'

export function certifier({ cert, key }: Certificate): Certify {
  const own = createPrivateKey(key)
  const issued = new X509Certificate(cert)
  const issuer = { name: subjectOf(issued.raw), key: createPublicKey(own).export({ type: 'spki', format: 'der' }) }
  const notAfter = Date.parse(issued.validTo) * 1_000
  return (wanted) => {
    if (!isSelfSigned(wanted.request)) return { problem: 'x509: the signature of the request does not match its key' }
    const body = tbs({ ...wanted, notAfter: Math.min(wanted.notAfter, notAfter) }, issuer)
    const signature = sign('sha256', body, own)
    return pem(sequence(body, SHA256_WITH_RSA, bitString(signature)))
  }
}

// ── the request ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Digests by the algorithms that requests are signed with; null: the algorithm has its own. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}

/** Whether who asks has the key. */
function isSelfSigned({ raw, publicKey }: CertificateRequest): boolean {
  try {
    const [info, algorithm, signature] = partsOf(readDer(raw))
    const [oid] = partsOf(expectTag(algorithm, TAG.sequence))
    const digest = DIGESTS[oidOf(expectTag(oid, TAG.oid))]
    if (digest === undefined) return false
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify(digest, info!.raw, key, expectTag(signature, TAG.bitString).content.subarray(1))
  } catch (error) {
    if (error instanceof DerError || (error as { code?: unknown }).code !== undefined) return false
    throw error
  }
}

/** The name in a certificate. */
function subjectOf(certificate: Uint8Array): Uint8Array {
  const [body] = partsOf(readDer(certificate))
  return partsOf(body!).filter(({ tag }) => tag !== TAG.context)[4]!.raw
}

// ── the certificate ─────────────────────────────────────────────────────────────────────────────────────────────────

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts)
const explicit = (i: number, ...parts: readonly Uint8Array[]): Buffer => der(TAG.context + i, ...parts)
const bitString = (bits: Uint8Array, unused = 0): Buffer => der(TAG.bitString, Buffer.from([unused]), bits)
const TRUE = Buffer.from([1, 1, 255])

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 127]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 127) | 128)
    return groups
  })
  return der(TAG.oid, Buffer.from(bytes))
}

const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), Buffer.from([5, 0]))

/** Positive. */
function integer(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return der(TAG.integer, bytes[0]! > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** Seconds; the short form until 2049. */
function time(micros: number): Buffer {
  const digits = new Date(Math.floor(micros / 1e6) * 1_000).toISOString().replace(/\.\d+|[-:T]/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

interface Issuer {
  readonly name: Uint8Array
  readonly key: Uint8Array
}

const tbs = ({ request, usages, notBefore, notAfter, serial }: WantedCertificate, { name, key }: Issuer): Buffer =>
  sequence(
    explicit(0, integer(2n)),
    integer(serial),
    SHA256_WITH_RSA,
    name,
    sequence(time(notBefore), time(notAfter)),
    request.subject,
    request.publicKey,
    explicit(3, sequence(...extensions(request, usages, key))),
  )

/** By the names of usages: bits of the key's usage, from the first on. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
}
const EXTENDED: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), der(TAG.octetString, value))

function extensions(request: CertificateRequest, usages: readonly string[], issuerKey: Uint8Array): Buffer[] {
  const bits = usages.flatMap((usage) => KEY_USAGES[usage] ?? []).reduce((all, bit) => all | (0x80 >> bit), 0)
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED[usage] ?? []))]
  const keyId = createHash('sha1').update(keyBitsOf(issuerKey)).digest()
  return [
    ...(bits === 0 ? [] : [extension('2.5.29.15', bitString(Buffer.from([bits]), trailingZeros(bits)), true)]),
    ...(extended.length === 0 ? [] : [extension('2.5.29.37', sequence(...extended.map(oid)))]),
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.35', sequence(der(0x80, keyId))),
    ...(request.alternativeNames ? [extension('2.5.29.17', request.alternativeNames)] : []),
  ]
}

const keyBitsOf = (publicKey: Uint8Array): Uint8Array => partsOf(readDer(publicKey))[1]!.content.subarray(1)

function trailingZeros(byte: number): number {
  let count = 0
  while (((byte >> count) & 1) === 0) count++
  return count
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
