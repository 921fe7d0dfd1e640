/**
 * ServiceAccountIssuerDiscovery: by what anybody who is shown a token of this cluster can tell that it is one.
 *
 * What the real one does: an OpenID provider's two documents, who issues the tokens and by which keys they are signed. Service accounts may
 * read them (`system:service-account-issuer-discovery`); a cluster whose tokens others shall check lets everybody.
 * What we leave out: `--service-account-jwks-uri`; several issuers.
 * Where to read upstream: kubernetes/kubernetes `pkg/serviceaccount/openidmetadata.go`, `pkg/routes/openidmetadata.go`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import type { State } from '../state.ts'
import { keyId, numberOf } from './jwt.ts'
import type { RsaPublicKey } from './rsa.ts'

const CONFIGURATION = '/.well-known/openid-configuration'
const KEYS = '/openid/v1/jwks'

/** Where there is something to tell. */
export const issuerPaths = ({ options }: Pick<State, 'options'>): readonly string[] =>
  options.serviceAccountSigningKey && options.serviceAccountIssuer.startsWith('https://') ? [CONFIGURATION, KEYS] : []

/** Undefined: it is none of these paths. @param address of the server, with its port */
export function issuerDiscovery(
  state: Pick<State, 'options'>,
  path: string,
  address: string,
): HttpResponse | undefined {
  if (!issuerPaths(state).includes(path)) return undefined
  const { serviceAccountIssuer: issuer, serviceAccountSigningKey: own, serviceAccountKeys: others } = state.options
  if (path === KEYS) {
    const ids = new Map([...others, own!].map((key) => [keyId(key), key]))
    return document('application/jwk-set+json', { keys: [...ids].map(([id, key]) => webKey(id, key)) })
  }
  return document('application/json', {
    issuer,
    jwks_uri: `https://${address}${KEYS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
}

const webKey = (kid: string, { modulus, exponent }: RsaPublicKey): object => ({
  use: 'sig',
  kty: 'RSA',
  kid,
  alg: 'RS256',
  n: numberOf(modulus),
  e: numberOf(exponent),
})

/** For an hour, whoever asked need not ask again. */
const document = (contentType: string, body: object): HttpResponse => ({
  type: 'response',
  status: 200,
  headers: { 'content-type': contentType, 'cache-control': 'public, max-age=3600' },
  body: Object.freeze(body),
})
