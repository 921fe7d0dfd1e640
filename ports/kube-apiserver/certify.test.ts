/** Certificates that a cluster signs: good for OpenSSL, the same for the same, and for nobody who has not the key. */
import { X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { describe, expect, it } from 'vitest'
import { ELLA, NODE_1_SERVING } from '#cluster/api/signing-requests.test-data.ts'
import type { CertificateRequest } from '#cluster/api/x509.ts'
import { certificateRequestOf, pemOfField } from '#cluster/api/x509.ts'
import type { WantedCertificate } from '#cluster/kube-controller-manager/certificates/csrsigning.ts'
import { newAuthority } from './certificates.ts'
import { certifier } from './certify.ts'

const NOW = 1_796_000_000_000_000
const authority = newAuthority(NOW / 1_000)
const certify = certifier(authority)
const asked = (field: string): CertificateRequest => certificateRequestOf(field) as CertificateRequest
const wanted = (field: string, more: Partial<WantedCertificate> = {}): WantedCertificate => ({
  request: asked(field),
  usages: ['digital signature', 'client auth'],
  notBefore: NOW,
  notAfter: NOW + 3_600_000_000,
  serial: 0xf1234567890abcdefn,
  ...more,
})
const read = (made: ReturnType<typeof certify>): X509Certificate => new X509Certificate(made as string)

/** As `openssl genrsa` and `openssl req` make one. */
function rsaRequest(): string {
  const keys = forge.pki.rsa.generateKeyPair(1024)
  const request = forge.pki.createCertificationRequest()
  request.publicKey = keys.publicKey
  request.setSubject([{ name: 'organizationName', value: 'team' }, { name: 'commonName', value: 'myuser' }]) // prettier-ignore
  request.sign(keys.privateKey, forge.md.sha256.create())
  return Buffer.from(forge.pki.certificationRequestToPem(request)).toString('base64')
}

describe('a certificate', () => {
  it.each([
    ['a key of RSA', rsaRequest(), 'O=team\nCN=myuser'],
    ['a key on a curve', ELLA, 'CN=ella'],
  ])('is made for %s, and is the authority’s', (_, field, subject) => {
    const made = read(certify(wanted(field)))
    const issuer = new X509Certificate(authority.cert)
    expect([made.subject, made.checkIssued(issuer), made.verify(issuer.publicKey), made.ca]).toEqual([subject, true, true, false]) // prettier-ignore
    expect(made.publicKey.export({ type: 'spki', format: 'der' }).equals(asked(field).publicKey)).toBe(true)
    expect([Date.parse(made.validFrom), Date.parse(made.validTo)]).toEqual([NOW / 1_000, NOW / 1_000 + 3_600_000])
    expect([made.keyUsage, made.serialNumber]).toEqual([['1.3.6.1.5.5.7.3.2'], '0F1234567890ABCDEF'])
  })

  it('has the other names that were asked for, and ends with its authority', () => {
    const made = read(certify(wanted(NODE_1_SERVING, { usages: ['server auth'], notAfter: NOW * 3 })))
    expect(made.subjectAltName).toBe('DNS:node-1, IP Address:10.0.0.1')
    expect(made.validTo).toBe(new X509Certificate(authority.cert).validTo)
  })

  it('is the same for the same', () => {
    expect(certify(wanted(ELLA))).toBe(certify(wanted(ELLA)))
    expect(certify(wanted(ELLA))).not.toBe(certify(wanted(ELLA, { serial: 1n })))
  })

  it('is not made for who has not the key', () => {
    const forged = Buffer.from(asked(ELLA).raw)
    forged[forged.length - 1]! ^= 1
    const field = Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${forged.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64') // prettier-ignore
    expect(pemOfField(field)).toContain('CERTIFICATE REQUEST')
    expect(certify(wanted(field))).toEqual({ problem: 'x509: the signature of the request does not match its key' })
  })
})
