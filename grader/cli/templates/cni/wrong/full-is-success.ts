// check: a full range is an error, and what is released can be had again
// hint: full
// Has no words for "none".
// es: No sabe decir que no queda ninguna.
import type { IpamPlugin } from 'clusterwright/cni'

const plugin: Pick<IpamPlugin, 'add' | 'del'> = {
  async add({ cniVersion, ipam }, attachment, store) {
    const { subnet, rangeStart = '', rangeEnd = '' } = ipam.ranges[0]![0]!
    const [, prefix] = subnet.split('/')
    for (let last = lastOf(rangeStart); last <= lastOf(rangeEnd); last++) {
      const address = rangeStart.replace(/\d+$/, String(last))
      if (await store.reserve(address, attachment)) return { cniVersion, ips: [{ address: `${address}/${prefix}` }] }
    }
    return { cniVersion, ips: [] }
  },

  async del(_config, { containerID, ifname }, store) {
    for (const held of await store.list()) {
      if (held.containerID === containerID && held.ifname === ifname) await store.release(held.address)
    }
  },
}

export default plugin

const lastOf = (address: string): number => Number(address.split('.')[3])
