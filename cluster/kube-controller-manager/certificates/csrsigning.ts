/**
 * The csrsigning controllers: who is approved gets a certificate, from the cluster's own four signers.
 *
 * What the real one does: one loop for each signer, with the key in `--cluster-signing-key-file`.
 * What we model: one loop for all, which decides as they do; the signature itself comes from outside, because nothing in the
 * simulation has a key. Without it the loop is not there, and an approved request stays without a certificate.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/certificates/signer/signer.go`,
 * `pkg/controller/certificates/authority/policies.go`.
 */
import type { CertificateSigningRequest, SigningRequestCondition } from '#cluster/api/certificate-types.ts'
import { hasCondition, SIGNER_PROBLEMS } from '#cluster/api/certificate-types.ts'
import { formatTime } from '#cluster/api/meta.ts'
import { base64 } from '#cluster/api/base64.ts'
import type { CertificateRequest } from '#cluster/api/x509.ts'
import { certificateRequestOf } from '#cluster/api/x509.ts'
import { updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'

export interface WantedCertificate {
  readonly request: CertificateRequest
  readonly usages: readonly string[]
  readonly notBefore: Micros
  readonly notAfter: Micros
  /** Positive. */
  readonly serial: bigint
}

/**
 * Signs with the cluster's key. The same for the same, always: a world that is lived through again must come out the same.
 * @returns the certificate in PEM, or what is wrong with the request
 */
export type Certify = (wanted: WantedCertificate) => string | { readonly problem: string }

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
/** What a certificate is good for at most. */
const TTL_MAX: Micros = 365 * 24 * HOUR
const TTL_MIN: Micros = 10 * MINUTE
/** Clocks differ: it is good a little earlier, and ends so much earlier, unless it is short-lived. */
const BACKDATE: Micros = 5 * MINUTE
const SHORT: Micros = 8 * HOUR

export const csrSigningController = (certify: Certify): Controller => ({
  name: 'csrsigning',
  watches: [
    {
      resource: 'certificatesigningrequests',
      enqueue: ({ object, type }) => (type === 'deleted' ? [] : [object.metadata.name]),
    },
  ],
  memory: () => ({}),
  reconcile: (name, caches, _memory, ctx) => sign(certify, name, caches, ctx),
})

function sign(certify: Certify, name: string, caches: Caches, ctx: Context): Reconciled {
  const asked = caches.get<CertificateSigningRequest>('certificatesigningrequests', name)
  if (!asked || asked.status?.certificate) return {}
  if (!hasCondition(asked, 'Approved') || hasCondition(asked, 'Denied') || hasCondition(asked, 'Failed')) return {}
  const { request: field, signerName, usages, expirationSeconds } = asked.spec
  const problemOf = SIGNER_PROBLEMS[signerName]
  const request = certificateRequestOf(field)
  if (!problemOf || !Object.hasOwn(SIGNER_PROBLEMS, signerName) || typeof request === 'string') return {}
  const problem = problemOf(request, usages)
  if (problem !== undefined) return failed(asked, problem, ctx)
  const made = certify({ request, usages, ...validity(expirationSeconds, ctx.now), serial: serialOf(ctx) })
  if (typeof made !== 'string') return failed(asked, made.problem, ctx)
  return written({ ...asked, status: { ...asked.status, certificate: base64(made) } })
}

function validity(seconds: number | undefined, now: Micros): Pick<WantedCertificate, 'notBefore' | 'notAfter'> {
  const ttl = seconds === undefined ? TTL_MAX : Math.min(TTL_MAX, Math.max(TTL_MIN, seconds * 1_000_000))
  return { notBefore: now - BACKDATE, notAfter: now + ttl - (ttl < SHORT ? 0 : BACKDATE) }
}

/** 120 bits of chance, and a one before them: never negative, never zero. */
function serialOf(ctx: Context): bigint {
  let serial = 1n
  const random = ctx.random('certificate-serial')
  for (let i = 0; i < 15; i++) serial = serial * 256n + BigInt(random.int(256))
  return serial
}

function failed(asked: CertificateSigningRequest, message: string, ctx: Context): Reconciled {
  const now = formatTime(ctx.now)
  const condition: SigningRequestCondition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime: now, lastTransitionTime: now } // prettier-ignore
  const conditions = [...(asked.status?.conditions ?? []), condition]
  return written({ ...asked, status: { ...asked.status, conditions } })
}

const written = (object: CertificateSigningRequest): Reconciled => ({
  calls: [{ request: updateStatusRequest(object), accept: ['NotFound'] }],
})
