/**
 * The site's build: Astro, MDX and Starlight underneath, our own shell on top.
 *
 * `BASE` is the path that the site will live under (`BASE=/course/ npm run build`), `SITE` its origin, for canonical links.
 * Content and exercises live at the top level beside `src/`; the sidebar is made from the course, not from folders.
 */
import { fileURLToPath } from 'node:url'
import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import { codeBreaks } from './src/course/code-breaks.ts'
import { byPart, readCourse } from './src/course/course.ts'
import { lessonId } from './src/course/sections.ts'
import { solutionsPlugin } from './src/course/solutions-plugin.ts'
import { firstPaint } from './src/first-paint/build.ts'
import { offline } from './src/offline/build.ts'

const root = fileURLToPath(new URL('.', import.meta.url))
process.env.CLUSTERWRIGHT_ROOT = root

const frame = (name) => `./src/components/frame/${name}.astro`

const sidebar = byPart(readCourse(root)).map(({ part, sections }) => ({
  label: part.title.en,
  translations: { es: part.title.es },
  items: sections
    .filter((section) => section.isWritten)
    .map((section) => ({
      label: section.label.en,
      translations: { es: section.label.es },
      slug: lessonId(section, 'en'),
    })),
}))

export default defineConfig({
  site: process.env.SITE || undefined,
  base: process.env.BASE || '/',
  trailingSlash: 'always',
  // A page's styles are a few kilobytes when compressed: within the page they spare a slow phone one more way to the server.
  build: { inlineStylesheets: 'always' },
  integrations: [
    starlight({
      title: 'Clusterwright',
      description: 'Learn how Kubernetes works by building it.',
      favicon: '/favicon.svg',
      defaultLocale: 'root',
      locales: { root: { label: 'English', lang: 'en' }, es: { label: 'Español', lang: 'es' } },
      disable404Route: true,
      credits: false,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      sidebar,
      customCss: ['./src/styles/site.css'],
      components: {
        Head: frame('Head'),
        ThemeProvider: frame('ThemeProvider'),
        SkipLink: frame('SkipLink'),
        PageFrame: frame('PageFrame'),
        Header: frame('Header'),
        Sidebar: frame('Sidebar'),
        TwoColumnContent: frame('Bare'),
        PageSidebar: frame('Nothing'),
        ContentPanel: frame('Bare'),
        PageTitle: frame('LessonTitle'),
        MarkdownContent: frame('Prose'),
        FallbackContentNotice: frame('FallbackNotice'),
        Footer: frame('LessonEnd'),
      },
    }),
    codeBreaks(),
    firstPaint(),
    offline(),
  ],
  vite: {
    // Scripts stay files, all but the one that sets the colours: a strict Content-Security-Policy needs one hash.
    build: { assetsInlineLimit: 0 },
    plugins: [solutionsPlugin()],
    worker: { format: 'es', plugins: () => [solutionsPlugin()] },
  },
})
