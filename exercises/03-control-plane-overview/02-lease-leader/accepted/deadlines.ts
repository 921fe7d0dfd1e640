// Keeps deadlines instead of beginnings, and renews from the copy at hand without reading first.
import type { Lease } from 'clusterwright/api'
import type { ElectionContext, Elector, LeaseApi } from 'clusterwright/election'

class Deadlines implements Elector {
  private mine: Lease | undefined
  private leadUntil = 0
  private theirs = { version: '', until: 0 }

  async tick(api: LeaseApi, ctx: ElectionContext): Promise<'leading' | 'standby'> {
    if (this.mine) await this.write(api, ctx, this.mine, {})
    if (!this.mine) await this.look(api, ctx)
    return ctx.now() < this.leadUntil ? 'leading' : 'standby'
  }

  async release(api: LeaseApi, ctx: ElectionContext): Promise<void> {
    this.leadUntil = 0
    const lease = await api.get().catch(() => undefined)
    if (lease && lease.spec.holderIdentity === ctx.identity)
      await api
        .update({ ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 } })
        .catch(() => undefined)
  }

  private async look(api: LeaseApi, ctx: ElectionContext): Promise<void> {
    let lease: Lease | undefined
    try {
      lease = await api.get()
    } catch {
      return
    }
    if (!lease) {
      const sent = ctx.now()
      const fresh = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'web-controller', namespace: 'kube-system' } as Lease['metadata'],
        spec: { holderIdentity: ctx.identity, leaseDurationSeconds: 15, leaseTransitions: 0 },
      }
      this.mine = await api.create(fresh).catch(() => undefined)
      if (this.mine) this.leadUntil = sent + 10_000
      return
    }
    const { holderIdentity, leaseTransitions = 0 } = lease.spec
    if (holderIdentity === ctx.identity) return this.write(api, ctx, lease, {})
    this.leadUntil = 0
    const version = `${lease.metadata.uid}/${lease.metadata.resourceVersion}`
    if (version !== this.theirs.version) this.theirs = { version, until: ctx.now() + 15_500 }
    if (holderIdentity && ctx.now() < this.theirs.until) return
    await this.write(api, ctx, lease, { holderIdentity: ctx.identity, leaseTransitions: leaseTransitions + 1 })
  }

  private async write(api: LeaseApi, ctx: ElectionContext, lease: Lease, more: Partial<Lease['spec']>): Promise<void> {
    const sent = ctx.now()
    try {
      const taken = more.holderIdentity === undefined ? {} : { ...more, acquireTime: timeOf(sent) }
      this.mine = await api.update({ ...lease, spec: { ...lease.spec, ...taken, renewTime: timeOf(sent) } })
      this.leadUntil = sent + 10_000
    } catch {
      this.mine = undefined
    }
  }
}

export default Deadlines

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
