/** Marks the names in the TypeScript of a lesson with their types, for `hover-types.ts` to show. */
import {
  type AnnotationRenderOptions,
  ExpressiveCodeAnnotation,
  definePlugin,
} from '@astrojs/starlight/expressive-code'
import { h } from '@astrojs/starlight/expressive-code/hast'
import { namedTypes } from './named-types.ts'

class TypedName extends ExpressiveCodeAnnotation {
  readonly #text: string

  constructor(text: string, columnStart: number, columnEnd: number) {
    super({ inlineRange: { columnStart, columnEnd } })
    this.#text = text
  }

  override render({ nodesToTransform }: AnnotationRenderOptions) {
    return nodesToTransform.map((node) => h('span', { class: 'typed', 'data-type': this.#text }, [node]))
  }
}

/** @param root folder of the course */
export const typesOnHover = (root: string) =>
  definePlugin({
    name: 'Types on hover',
    hooks: {
      annotateCode({ codeBlock }) {
        if (codeBlock.language !== 'ts') return
        for (const { line, start, end, text } of namedTypes(root, codeBlock.code)) {
          codeBlock.getLine(line)?.addAnnotation(new TypedName(text, start, end))
        }
      },
    },
  })
