/**
 * The authority of one cluster: it signs the server's certificate and those of the people who show one.
 *
 * What the real one does: kubeadm makes the same (`/etc/kubernetes/pki/ca.crt`), and the API server takes a certificate's
 * common name for the user's name and its organisations for the groups.
 * What we leave out: intermediate authorities, revocation; the keys are RSA. The authority's own is kept with a saved world.
 * Where to read upstream: kubernetes/kubernetes `cmd/kubeadm/app/phases/certs`.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import type { UserInfo } from '#cluster/api/http.ts'
import type { RsaPrivateKey } from '#cluster/kube-apiserver/tokens/rsa.ts'

export interface Certificate {
  /** PEM, both. */
  readonly cert: string
  readonly key: string
}

export interface Authority {
  readonly cert: string
  /** For 127.0.0.1 and localhost. */
  server(): Certificate
  client(user: UserInfo): Certificate
}

const YEARS = 10
const BITS = 2_048
const HOUR_MS = 3_600_000

interface Wanted {
  readonly subject: readonly forge.pki.CertificateField[]
  /** Default: the cluster's authority. */
  readonly issuer?: readonly forge.pki.CertificateField[]
  readonly extensions: readonly object[]
  /** Since 1970: from an hour before. */
  readonly sinceMs: number
}

const name = (value: string): forge.pki.CertificateField => ({ name: 'commonName', value })
const ISSUER = [name('clusterwright')]

/** By whose word the API server speaks for somebody, to the servers behind it. Its key is kept by nobody: in here they take its word. */
export const frontProxyAuthority = (sinceMs: number): string => selfSigned([name('front-proxy-ca')], sinceMs).cert

/** A new authority's own certificate. @param sinceMs the beginning of the world that it is for, by its clock */
export const newAuthority = (sinceMs: number): Certificate => selfSigned(ISSUER, sinceMs)

function selfSigned(subject: readonly forge.pki.CertificateField[], sinceMs: number): Certificate {
  const key = newKey()
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
  ]
  return { cert: certificate({ subject, issuer: subject, extensions, sinceMs }, key, key), key }
}

/** @param sinceMs from when on what it signs is good: a world's clock and this machine's may differ */
export function authorityOf(own: Certificate, sinceMs: number): Authority {
  const sign = (wanted: Omit<Wanted, 'sinceMs'>): Certificate => {
    const key = newKey()
    return { cert: certificate({ ...wanted, sinceMs }, key, own.key), key }
  }
  return {
    cert: own.cert,
    server: () =>
      sign({
        subject: [name('kube-apiserver')],
        extensions: [...usage({ serverAuth: true }), { name: 'subjectAltName', altNames: ALT_NAMES }],
      }),
    client: ({ name: user, groups }) =>
      sign({
        subject: [...groups.map((value) => ({ name: 'organizationName', value })), name(user)],
        extensions: usage({ clientAuth: true }),
      }),
  }
}

const ALT_NAMES = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
]

const usage = (extended: object): object[] => [
  { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
  { name: 'extKeyUsage', ...extended },
]

/** The public half of a key, as PEM. @param key PEM */
export const publicPemOf = (key: string): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

/** The numbers of a key. @param key PEM */
export function numbersOf(key: string): RsaPrivateKey {
  const { n, e, p, q, dp, dq, qi } = createPrivateKey(key).export({ format: 'jwk' })
  const hex = (text = ''): string => Buffer.from(text, 'base64url').toString('hex')
  return {
    ...{ modulus: hex(n), exponent: hex(e), prime1: hex(p), prime2: hex(q) },
    ...{ exponent1: hex(dp), exponent2: hex(dq), coefficient: hex(qi) },
  }
}

/** Node's own generator is native, and many times faster than one in JavaScript. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: BITS })
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
}

function certificate(
  { subject, issuer = ISSUER, extensions, sinceMs }: Wanted,
  key: string,
  issuerKey: string,
): string {
  const made = forge.pki.createCertificate()
  const { n, e } = forge.pki.privateKeyFromPem(key)
  made.publicKey = forge.pki.setRsaPublicKey(n, e)
  // A serial number is positive: the first byte keeps the sign bit clear.
  made.serialNumber = `01${randomBytes(15).toString('hex')}`
  made.validity.notBefore = new Date(sinceMs - HOUR_MS)
  made.validity.notAfter = new Date(Math.max(sinceMs, Date.now()) + YEARS * 365 * 24 * HOUR_MS)
  made.setSubject([...subject])
  made.setIssuer([...issuer])
  made.setExtensions([...extensions])
  made.sign(forge.pki.privateKeyFromPem(issuerKey), forge.md.sha256.create())
  return forge.pki.certificateToPem(made)
}
