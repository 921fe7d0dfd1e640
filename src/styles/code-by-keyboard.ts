/**
 * A block of code can be scrolled by keyboard from the start. Expressive Code gives each block that is too wide its place
 * in the order of focus, and takes it from the others, but by a script, and ours come after the first paint.
 */
import { definePlugin } from '@astrojs/starlight/expressive-code'
import { select, setProperty } from '@astrojs/starlight/expressive-code/hast'

export const codeByKeyboard = () =>
  definePlugin({
    name: 'Code by keyboard',
    hooks: {
      postprocessRenderedBlock({ renderData }) {
        const block = select('pre', renderData.blockAst)
        if (!block) return
        setProperty(block, 'tabIndex', '0')
        // Its script takes both away together.
        setProperty(block, 'role', 'region')
      },
    },
  })
