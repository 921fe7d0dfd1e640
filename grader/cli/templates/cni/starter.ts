import type { IpamPlugin } from 'clusterwright/cni'

const plugin: Pick<IpamPlugin, 'add' | 'del'> = {
  async add(config, attachment, store) {
    // TODO: reserve the first free address of the range. Then write del.
    return { error: { cniVersion: config.cniVersion, code: 100, msg: 'not written yet' } }
  },

  async del(config, attachment, store) {},
}

export default plugin
