// Waits longer than it must, gives up earlier than it must, and counts ticks of its own beside the clock.
import type { Lease } from 'clusterwright/api'
import type { ElectionContext, Elector, LeaseApi } from 'clusterwright/election'

export default class implements Elector {
  #last: { text: string; at: number } | undefined
  #sentAt: number | undefined

  async tick(api: LeaseApi, ctx: ElectionContext) {
    const outcome = await this.#try(api, ctx).catch((error: { code?: number }) =>
      error.code === 409 ? 'beaten' : 'unknown',
    )
    if (outcome === 'beaten') this.#sentAt = undefined
    const isFresh = this.#sentAt !== undefined && ctx.now() - this.#sentAt < 9000
    return isFresh ? ('leading' as const) : ('standby' as const)
  }

  async release(api: LeaseApi, { identity }: ElectionContext) {
    const lease = await api.get()
    if (lease?.spec.holderIdentity === identity)
      await api.update({ ...lease, spec: { ...lease.spec, holderIdentity: '' } })
  }

  async #try(api: LeaseApi, ctx: ElectionContext): Promise<'ours' | 'theirs'> {
    const lease = await api.get()
    const now = ctx.now()
    if (!lease) {
      const times = { acquireTime: timeOf(now), renewTime: timeOf(now) }
      const spec = { holderIdentity: ctx.identity, leaseTransitions: 0, leaseDurationSeconds: 15, ...times }
      const metadata = { name: 'web-controller', namespace: 'kube-system' } as Lease['metadata']
      await api.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec })
      this.#sentAt = now
      return 'ours'
    }
    const text = JSON.stringify([lease.metadata.uid, lease.metadata.resourceVersion])
    if (this.#last?.text !== text) this.#last = { text, at: now }
    const holder = lease.spec.holderIdentity || undefined
    if (holder !== undefined && holder !== ctx.identity) {
      this.#sentAt = undefined
      if (now - this.#last.at < 15_200) return 'theirs'
    }
    const isNew = holder !== ctx.identity
    await api.update({
      ...lease,
      spec: {
        ...lease.spec,
        holderIdentity: ctx.identity,
        renewTime: timeOf(now),
        acquireTime: isNew ? timeOf(now) : lease.spec.acquireTime!,
        leaseTransitions: (lease.spec.leaseTransitions ?? 0) + (isNew ? 1 : 0),
      },
    })
    this.#sentAt = now
    return 'ours'
  }
}

/** A time as the API writes it, for people: `2026-01-01T09:00:00.250000Z`. */
function timeOf(ms: number): string {
  const days = Math.floor(ms / 86_400_000)
  let [year, left] = [1970, days]
  const daysIn = (one: number) => (one % 4 === 0 && (one % 100 !== 0 || one % 400 === 0) ? 366 : 365)
  while (left >= daysIn(year)) left -= daysIn(year++)
  const months = [31, daysIn(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  let month = 0
  while (left >= months[month]!) left -= months[month++]!
  const rest = ms - days * 86_400_000
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  const clock = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1000) % 60].map(two).join(':')
  return `${year}-${two(month + 1)}-${two(left + 1)}T${clock}.${String(Math.floor(rest % 1000)).padStart(3, '0')}000Z`
}
