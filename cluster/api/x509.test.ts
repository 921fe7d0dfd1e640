/** What is read of requests for certificates, and what is none. */
import { describe, expect, it } from 'vitest'
import { base64 } from './base64.ts'
import { kubeletClientProblem, SIGNER_PROBLEMS, SIGNERS } from './certificate-types.ts'
import { formatTime } from './meta.ts'
import { CERTIFICATE, ELLA, NODE_1, NODE_1_SERVING } from './signing-requests.test-data.ts'
import type { CertificateRequest } from './x509.ts'
import { certificateProblem, certificateRequestOf, notAfterOf } from './x509.ts'

const asked = (field: unknown): CertificateRequest => {
  const request = certificateRequestOf(field)
  if (typeof request === 'string') throw new Error(request)
  return request
}
const armoured = (type: string, bytes: string): string =>
  base64(`-----BEGIN ${type}-----\n${bytes}\n-----END ${type}-----\n`)

describe('a request for a certificate', () => {
  it('says who asks, and by which other names', () => {
    expect(asked(ELLA)).toMatchObject({ commonName: 'ella', organizations: [], dnsNames: [], ipAddresses: [] })
    const serving = asked(NODE_1_SERVING)
    expect(serving).toMatchObject({ commonName: 'system:node:node-1', organizations: ['system:nodes'], dnsNames: ['node-1'] }) // prettier-ignore
    expect(serving.ipAddresses.map((address) => [...address])).toEqual([[10, 0, 0, 1]])
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'PEM block type must be CERTIFICATE REQUEST'],
    ['no base64', '%', 'PEM block type must be CERTIFICATE REQUEST'],
    ['no PEM', base64('hello'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['a certificate', CERTIFICATE, 'PEM block type must be CERTIFICATE REQUEST'],
    ['no DER', armoured('CERTIFICATE REQUEST', 'AAAA'), 'asn1: syntax error: trailing data'],
    ['bytes that are cut off', armoured('CERTIFICATE REQUEST', 'MIIB'), 'asn1: syntax error: data truncated'],
    ['an empty sequence', armoured('CERTIFICATE REQUEST', 'MAA='), "asn1: structure error: tags don't match"],
  ])('is not %s', (_, field, why) => expect(certificateRequestOf(field)).toBe(why))

  it('is held to what its signer is for', () => {
    const [ella, node, serving] = [ELLA, NODE_1, NODE_1_SERVING].map(asked) as [CertificateRequest, CertificateRequest, CertificateRequest] // prettier-ignore
    const usages = ['digital signature', 'client auth']
    expect(kubeletClientProblem(node, usages)).toBeUndefined()
    expect(kubeletClientProblem(ella, usages)).toBe('subject organization is not system:nodes')
    expect(kubeletClientProblem(serving, usages)).toBe('DNS subjectAltNames are not allowed')
    expect(kubeletClientProblem(node, ['client auth'])).toBe('usages did not match [client auth digital signature key encipherment]') // prettier-ignore
    const problems = (signer: string, request: CertificateRequest, of: string[]) =>
      SIGNER_PROBLEMS[signer]!(request, of)
    expect(problems(SIGNERS.kubeletServing, node, ['digital signature', 'server auth'])).toBe('DNS or IP subjectAltName is required') // prettier-ignore
    expect(problems(SIGNERS.kubeletServing, serving, ['digital signature', 'server auth'])).toBeUndefined()
    expect(problems(SIGNERS.client, ella, ['client auth'])).toBeUndefined()
    expect(problems(SIGNERS.client, ella, ['server auth'])).toBe('invalid usage for client certificate: server auth')
    expect(problems(SIGNERS.client, ella, [])).toBe('missing required usage for client certificate: client auth')
  })
})

describe('a certificate', () => {
  it('has an end', () => {
    expect(formatTime(notAfterOf(CERTIFICATE)!)).toBe('2036-11-24T19:41:43Z')
    expect(notAfterOf(base64('hello'))).toBeUndefined()
  })

  it('is what a request may be answered with', () => {
    expect(certificateProblem(CERTIFICATE)).toBeUndefined()
    expect(certificateProblem(ELLA)).toBe('only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"')
    expect(certificateProblem(base64('hello'))).toBe('must contain at least one CERTIFICATE PEM block')
  })
})
