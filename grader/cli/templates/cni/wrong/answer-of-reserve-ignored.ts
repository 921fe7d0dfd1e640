// check: containers that come at the same time never share an address
// hint: race
// Looks which address is free, and does not look whether it still was.
// es: Mira qué dirección está libre, y no mira si todavía lo estaba.
import type { IpamPlugin } from 'clusterwright/cni'

const plugin: Pick<IpamPlugin, 'add' | 'del'> = {
  async add({ cniVersion, ipam }, attachment, store) {
    const { subnet, rangeStart = '', rangeEnd = '' } = ipam.ranges[0]![0]!
    const [, prefix] = subnet.split('/')
    const taken = (await store.list()).map(({ address }) => address)
    for (let last = lastOf(rangeStart); last <= lastOf(rangeEnd); last++) {
      const address = rangeStart.replace(/\d+$/, String(last))
      if (taken.includes(address)) continue
      await store.reserve(address, attachment)
      return { cniVersion, ips: [{ address: `${address}/${prefix}` }] }
    }
    return { error: { cniVersion, code: 100, msg: 'no address is left' } }
  },

  async del(_config, { containerID, ifname }, store) {
    for (const held of await store.list()) {
      if (held.containerID === containerID && held.ifname === ifname) await store.release(held.address)
    }
  },
}

export default plugin

const lastOf = (address: string): number => Number(address.split('.')[3])
