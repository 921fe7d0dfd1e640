/** ServiceAccounts. Upstream: `pkg/registry/core/serviceaccount/strategy.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Strategy } from './strategy.ts'

interface Reference {
  readonly name?: string
}

type Account = KubernetesObject & { readonly secrets?: readonly Reference[] }

/** Secrets are of the account's own namespace: of a reference, the name is all that counts. */
function byName(account: Account): Account {
  const { secrets } = account
  if (secrets === undefined || secrets.every((secret) => Object.keys(secret).every((key) => key === 'name'))) return account // prettier-ignore
  return { ...account, secrets: secrets.map(({ name }) => (name ? { name } : {})) }
}

export const serviceAccounts: Strategy<Account> = {
  hasGeneration: false,
  hasStatus: false,
  returnsDeletedObject: true,
  prepareForCreate: byName,
  prepareForUpdate: byName,
}
