/**
 * Who somebody is by the certificate that they show: it must be one that the cluster's authority signed for clients, and good now.
 *
 * Now is the world's clock, not this machine's: it may run faster, or go on from yesterday. TLS, which knows only this machine's,
 * has taken any certificate; so everything about it is looked at here.
 * Where to read upstream: apiserver `pkg/authentication/request/x509/x509.go`.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { UserInfo } from '#cluster/api/http.ts'
import type { Micros } from '#cluster/kernel/component.ts'

const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

interface Shown {
  readonly user: UserInfo
  readonly fromMicros: Micros
  readonly untilMicros: Micros
}

export type Certified = (socket: TLSSocket) => UserInfo | undefined

/** @param authority its certificate in PEM. @param clock the world's, in microseconds since 1970 */
export function certifiedBy(authority: string, clock: () => Micros): Certified {
  const issuer = new X509Certificate(authority)
  const key = createPublicKey(authority)
  // One look for each connection: what it has shown stays.
  const known = new WeakMap<TLSSocket, Shown | 'nobody'>()
  return (socket) => {
    let shown = known.get(socket)
    if (shown === undefined) known.set(socket, (shown = shownIn(socket, issuer, key) ?? 'nobody'))
    if (shown === 'nobody') return undefined
    const now = clock()
    return now >= shown.fromMicros && now <= shown.untilMicros ? shown.user : undefined
  }
}

function shownIn(socket: TLSSocket, issuer: X509Certificate, key: KeyObject): Shown | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate || certificate.ca || !certificate.checkIssued(issuer) || !certificate.verify(key)) return undefined
  if (!certificate.keyUsage?.includes(CLIENT_AUTH)) return undefined
  const { subject } = certificate.toLegacyObject()
  if (subject?.CN === undefined) return undefined
  const groups = subject.O === undefined ? [] : [subject.O].flat()
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  return {
    // With what it was recognised, so that an audit can tell two of one name apart.
    user: { name: String([subject.CN].flat()[0]), groups, extra: { [CREDENTIAL_ID]: [`X509SHA256=${fingerprint}`] } },
    fromMicros: Date.parse(certificate.validFrom) * 1_000,
    untilMicros: Date.parse(certificate.validTo) * 1_000,
  }
}
