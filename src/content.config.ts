/**
 * Where the site's texts come from: lessons and their questions in `content/<locale>/`, the tasks of exercises beside their
 * code.
 */
import { docsSchema, i18nSchema } from '@astrojs/starlight/schema'
import { defineCollection } from 'astro:content'
import { glob } from 'astro/loaders'
import { z } from 'astro/zod'
import { questionsId, questionsSchema } from './course/questions.ts'
import { lessonIdOfFile } from './course/sections.ts'
import { words } from './course/words.ts'

const docs = defineCollection({
  loader: glob({ base: './content', pattern: '*/*.mdx', generateId: ({ entry }) => lessonIdOfFile(entry) }),
  schema: docsSchema({
    extend: z.object({
      /** Minutes that reading and playing take, exercises not counted. */
      minutes: z.number().int().positive().optional(),
      /** In a translation: fingerprint of the English text it was made from (`course/translation.ts`). */
      translationOf: z.string().optional(),
    }),
  }),
})

const questions = defineCollection({
  loader: glob({
    base: './content',
    pattern: '*/*.questions.yaml',
    generateId: ({ entry }) => questionsId(entry),
  }),
  schema: questionsSchema,
})

const tasks = defineCollection({
  loader: glob({
    base: './exercises',
    pattern: '*/*/task{,.es}.mdx',
    generateId: ({ entry, data }) => `${entry.endsWith('.es.mdx') ? 'es' : 'en'}/${String(data.id)}`,
  }),
  schema: z.looseObject({ id: z.string(), title: z.string() }),
})

/** The framework's own phrases, where it still says one: ours, so that a page speaks with one voice. */
const i18n = defineCollection({
  loader: () =>
    (['en', 'es'] as const).map((id) => ({ id, 'skipLink.label': words[id].skip, 'search.label': words[id].search })),
  schema: i18nSchema(),
})

export const collections = { docs, questions, tasks, i18n }
